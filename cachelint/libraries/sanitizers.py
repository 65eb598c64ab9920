"""Calls and tests that make text fit for a key.

What looks like one and is none has no row: strip, lower, replace, slices, html.escape, repr, json.dumps keep
the user's characters, and a method on raw text stays raw. `hash()` has none either: it differs per process,
so the key is useless, and that is another rule's business.
"""

from __future__ import annotations

from cachelint.vocabulary import Checks, Library, Obtains, Sanitizes, Type

DIGEST = "hashlib.HASH"
PATTERN = "re.Pattern"
_HASHLIB = (
    "md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 blake2b blake2s shake_128 shake_256"
)
_XXHASH_TYPES = "xxh32 xxh64 xxh128 xxh3_64 xxh3_128"
_XXHASH = " ".join(f"{name}_{kind}" for name in _XXHASH_TYPES.split() for kind in ("digest", "intdigest", "hexdigest"))

CONVERSIONS = (
    Sanitizes(on="builtins", names="int", params="x base", gives="scalar"),
    Sanitizes(on="builtins", names="float complex ord round abs sum", params="x", gives="scalar"),
    Sanitizes(on="builtins", names="len", params="x", counts=True, gives="scalar"),
    Sanitizes(on="builtins", names="bool", params="x", bounded=True, gives="scalar"),
    Sanitizes(on="builtins", names="hex oct bin", params="x", gives="scalar"),
    Sanitizes(on="uuid", names="UUID", params="hex bytes bytes_le fields int", gives="scalar"),
    Sanitizes(on="uuid", names="uuid3 uuid5", params="namespace name", argument="name", hashes=True, gives="scalar"),
    Sanitizes(on="decimal", names="Decimal", params="value", gives="scalar"),
    Sanitizes(
        on="datetime.datetime",
        names="fromisoformat strptime fromtimestamp",
        params="date_string format",
        gives="scalar",
    ),
    Sanitizes(on="datetime.date", names="fromisoformat", params="date_string", gives="scalar"),
    Sanitizes(
        on="ipaddress",
        names="ip_address ip_network IPv4Address IPv6Address",
        params="address",
        gives="scalar",
    ),
)

DIGESTS = (
    Type(name=DIGEST),
    Sanitizes(on="hashlib", names=_HASHLIB, params="data|string * usedforsecurity", hashes=True, gives=DIGEST),
    Sanitizes(
        on="hashlib",
        names="new",
        params="name data|string * usedforsecurity",
        argument="data",
        hashes=True,
        gives=DIGEST,
    ),
    # `h = sha256(); h.update(x)`: what comes out of the object is a digest whatever went in.
    Sanitizes(on=DIGEST, names="hexdigest digest intdigest", argument="self", hashes=True, gives="scalar"),
    Sanitizes(on="hmac", names="new", params="key msg digestmod", argument="msg", hashes=True, gives=DIGEST),
    Sanitizes(on="hmac", names="digest", params="key msg digest", argument="msg", hashes=True, gives="scalar"),
    Sanitizes(on="zlib", names="crc32 adler32", params="data value", hashes=True, gives="scalar"),
    Sanitizes(on="binascii", names="crc32 hexlify", params="data value", hashes=True, gives="scalar"),
    Sanitizes(on="xxhash", names=_XXHASH_TYPES, params="input seed", hashes=True, gives=DIGEST),
    Sanitizes(on="xxhash", names=_XXHASH, params="input seed", hashes=True, gives="scalar"),
    Sanitizes(
        on="mmh3",
        names="hash hash64 hash128 hash_bytes hash_from_buffer",
        params="key seed signed",
        hashes=True,
        gives="scalar",
    ),
    Sanitizes(
        on="django.utils.crypto",
        names="salted_hmac",
        params="key_salt value secret * algorithm",
        argument="value",
        hashes=True,
        gives=DIGEST,
    ),
)

ENCODINGS = (
    # The default of quote keeps "/": still no separator of a key, no space, no control character.
    Sanitizes(on="urllib.parse", names="quote quote_plus", params="string safe encoding errors"),
    Sanitizes(on="urllib.parse", names="urlencode", params="query doseq safe encoding errors quote_via"),
    Sanitizes(
        on="base64",
        names="b64encode urlsafe_b64encode standard_b64encode b32encode b16encode b85encode",
        params="s",
    ),
    Sanitizes(
        on="slugify slugify.slugify",
        names="slugify",
        params="text entities decimal hexadecimal max_length word_boundary separator",
    ),
    Sanitizes(on="django.utils.text", names="slugify", params="value allow_unicode"),
    Sanitizes(on="django.template.defaultfilters", names="slugify", params="value"),
    Sanitizes(on="werkzeug.utils", names="secure_filename", params="filename"),
)

# `re.match` with `$` lets one trailing newline through: too little to call a value unvalidated.
CHECKS = (
    Type(name="builtins.str"),
    # Numbers and flags about text are no text.
    Sanitizes(
        on="builtins.str",
        names="count find index rfind rindex startswith endswith",
        params="sub start end",
        argument="self",
        gives="scalar",
    ),
    Checks(on="builtins.str", names="isdigit isdecimal isnumeric isalnum isalpha isidentifier"),
    Checks(on="re", names="fullmatch match", params="pattern string flags", argument="string", pattern="pattern"),
    Type(name=PATTERN, aliases="typing.Pattern"),
    Obtains(on="re", names="compile", gives=PATTERN, params="pattern flags"),
    # The expression is the one that re.compile was given.
    Checks(on=PATTERN, names="fullmatch match", params="string pos endpos", argument="string", pattern="self"),
    # re.sub with a negated class drops what is not allowed; which class it is decides, so it has no row.
)

SANITIZERS = Library(
    name="sanitizers",
    packages="hashlib hmac uuid re base64 urllib slugify xxhash mmh3 zlib",
    rows=(*CONVERSIONS, *DIGESTS, *ENCODINGS, *CHECKS),
)
