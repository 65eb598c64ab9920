"""The policy that `cachelint init` writes where a project has none: comments to fill in, in the form it is read."""

from __future__ import annotations

HEADING = "## Caching Rules"

STUB = f"""\
{HEADING}

<!-- cachelint reads these lines and checks the code against them; `cachelint policy` shows how. Nothing inside this
comment counts: move out of it what holds here, in these words.

### What to Cache

- User profiles: cache-aside, 1h TTL, invalidate on update
- Master data (roles, feature flags): TTL 5 min
- Durable (no TTL): country list

### What NOT to Cache

- Orders, payments
- Admin, checkout: no-store

### Cache Keys

- Format: `{{service}}:{{entity}}:{{id}}`
- Examples: `user:profile:123`
- Never use raw user input in cache keys

### Redis Configuration

- Client: `app/lib/redis.py` (singleton)
- Error handling: treat Redis errors as cache misses (never fail the request)
- Every cache entry has a TTL
-->
"""
