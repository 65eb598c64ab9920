"""What all rows of the vocabulary have in common."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, tag_field="row", tag=True, forbid_unknown_fields=True):
    """One statement about a library."""
