"""What applications say to the shared caches in front of them: Fastly, Varnish, Cloudflare, Akamai, CloudFront."""

from __future__ import annotations

from cachelint.vocabulary import CdnHeader, Library

CDN = Library(
    name="cdn",
    packages="fastly cloudflare",
    rows=(
        # Fastly and Varnish: the tags by which pages are purged, and how long they are kept.
        CdnHeader(names="surrogate-key surrogate-control xkey"),
        # Cloudflare, Akamai; CDN-Cache-Control is RFC 9213.
        CdnHeader(names="cache-tag edge-cache-tag edge-control cdn-cache-control cloudflare-cdn-cache-control"),
    ),
)
