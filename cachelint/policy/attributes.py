"""What can be said of one kind of data: TTL, strategy, trigger, key, staleness, or that it is never cached."""

from __future__ import annotations

import re

import msgspec

from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.naming import CONDITIONS, clauses, parenthesis


class Attributes(msgspec.Struct, frozen=True):
    """What is said of one kind of data; `left` are clauses that say something else."""

    ttl: float | None = None
    symbol: str = ""
    strategies: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    key: str = ""
    durable: bool = False
    never: bool = False
    http: bool = False
    stale: float | None = None
    store: str = ""
    other: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unclear: str = ""

    @property
    def says_something(self) -> bool:
        """Whether anything but remarks was read."""
        return bool(self.ttl is not None or self.symbol or self.strategies or self.triggers or self.key) or bool(
            self.durable or self.never or self.stale is not None or self.store or self.other
        )


_I = re.IGNORECASE
_LIMIT = (
    r"(?:up to|at most|max(?:imum)?(?: of)?|maximal|no (?:more|longer) than|not (?:more"
    r"|longer) than|<=?|\u2264|about|roughly|ca\.?|~)"
)
_SPAN = rf"(?P<ttl>{DURATION})(?:\s*(?:-|to)\s*(?P<upper>{DURATION}))?|(?P<low>\d+)\s*-\s*(?P<range>{DURATION})"
_TTL_NAME = (
    r"(?:ttls?|time[- ]to[- ]live|expiry|expiration|lifetime|life|timeout|expires?|expiring"
    r"|cache(?:d)?(?: for| time)?)"
)
_PLACE = (
    r"(?:\s+(?:in|on|at|using|with)\s+(?:the\s+)?(?P<store>redis|valkey|memcached"
    r"|django(?:'s)? cache|cache|memory|app(?:lication)? cache))?"
)
_JITTER = (
    r"(?:\s*(?:with|\+|\u00b1|\+/-|plus)\s*(?:\d+\s*%\s*)?(?:random\s+)?jitter|\s*\(?(?:\u00b1|\+/-)\s*\d+\s*%\)?)?"
)
_TTL = re.compile(
    rf"(?:is |are |be )?(?:cached? |kept |stored |lives? |valid )?(?:(?:for|with|using|after"
    rf"|in) )?(?:an? |the |short |long )?(?:{_TTL_NAME}"
    rf"(?:\s+(?:of|is|after|in|for))?\s*[:=]?\s*)?(?:{_LIMIT}\s*)?(?:{_SPAN})(?:[- ](?:{_TTL_NAME}|max(?:imum)?)\.?)*"
    rf"{_PLACE}{_JITTER}",
    _I,
)
_BARE_TTL = re.compile(r"(?:ttl|timeout|expiry)\s*(?:=|:|of|is)?\s*(?P<number>\d+)", _I)
_SYMBOL = re.compile(
    r"(?:(?:with |an? )?(?:ttl|expiry|expiration|lifetime|lives?|cached)\s*(?:=|:|is|equals"
    r"|matches|follows|of|tied to|bound to|same as|until|for)?\s*)?"
    r"(?P<symbol>(?:(?:the|its|their) )?(?:[a-z]+[- ]){0,2}(?:expiry|expiration|lifetime|lifespan|validity|timeout)"
    r"|(?:until|till) (?:logout|midnight|end of (?:the )?day|the next deploy|deploy"
    r"|next deploy)|end of (?:the )?(?:day|session))",
    _I,
)
_DURABLE = re.compile(
    r"(?:durable|permanent(?:ly)?|forever|no (?:ttl|expiry|expiration|timeout)"
    r"|never expires?|without (?:a )?(?:ttl|expiry)"
    r"|does(?: not|n't) expire|no ttl on purpose|infinite|cached forever|cache forever"
    r"|(?:ttl|expiry)\s*[:=]?\s*(?:forever|infinite))"
    r"(?:\s*,?\s*(?:on purpose|by design|intentionally))?",
    _I,
)
_NEVER = re.compile(
    r"(?:never cached?|no[- ]store|(?:do not|don't|must not be|should not be|may not be|not"
    r"|never|un|non)[- ]?cache(?:d|able)?"
    r"|no[- ]cach(?:e|ing)|never be cached|cannot be cached|cache(?:d|able)?\s*[:=]?\s*(?:no|never))",
    _I,
)
_STRATEGIES = (
    (
        re.compile(r"cache[- ]?aside|lazy(?: loading| load| population)?|look[- ]?aside|read[- ]through", _I),
        "cache-aside",
    ),
    (re.compile(r"write[- ]through", _I), "write-through"),
    (re.compile(r"write[- ](?:behind|back)", _I), "write-behind"),
    (re.compile(r"event[- ](?:based|driven|sourced)(?: invalidation)?|domain events?", _I), "event"),
    (re.compile(r"ttl[- ](?:based|only)|time[- ]based|expiry[- ]based", _I), "ttl"),
    (
        re.compile(
            r"(?:cdn|edge)(?: cache(?:d)?)?|tag[- ]based purg(?:e|ing)|purge(?:d)? by tags?"
            r"|tag purg(?:e|ing)|surrogate keys?",
            _I,
        ),
        "cdn",
    ),
)
_STORE = re.compile(
    r"(?:(?:stored |kept |cached |cache |lives )?(?:in |on |via |using )?(?:the )?)?"
    r"(redis|valkey|memcached|in[- ]memory|in[- ]process|local memory|process memory|memory"
    r"|django cache|database|lru(?: cache)?|l1|l2)"
    r"(?: cache| only)?",
    _I,
)
_DROPS = r"invalidat\w*|purg\w*|evict\w*|bust\w*|clear\w*|drop\w*|delet\w*|flush\w*|reset|refresh\w*|updat\w*"
_TRIGGER = re.compile(
    rf"(?:{_DROPS})(?:\s+(?:it|them|cache|entry|key))?\s*[:=]?\s*(?:immediately\s+)?(?:on"
    rf"|upon|when(?:ever)?|as soon as|once|every time|each time|after|at|by|through|via|in|from"
    rf"|explicitly)\b\s*(?P<what>.*)"
    r"|(?:invalidation|invalidated?|purge|evict(?:ion)?)\s*[:=]\s*(?P<said>.+)"
    r"|(?:on|upon|after) (?P<event>(?:[\w./`-]+ ){0,3}(?:update|write|save|delete|change"
    r"|creation|deletion|publish|edit|deploy)s?)",
    _I,
)
_UNDROPPED = re.compile(r"(?:no|without)(?: explicit| manual| active)? invalidation|not invalidated", _I)
_KEY = re.compile(
    r"(?:cache )?keys?(?: pattern| format| template)?\s*(?:=|:|is|like"
    r"|->)?\s*(?P<key>`[^`]+`|[\w.-]+:[\w:{}<>*.-]+|hash(?:ed)?\s*(?:\(.*\)|of .+)"
    r"|\w+\(.*\))",
    _I,
)
_UNDER = re.compile(r"(?:stored |kept |held )?(?:under|as|at) (?:the key )?(?P<key>`[^`]*[:{][^`]*`)", _I)
# Where a phrase without commas may go on with something else: "under `user:{id}` for an hour and dropped on save".
_GOES_ON = re.compile(
    rf"\s+(?=(?:under|as|at) (?:the key )?`|for (?:an? |\d|half |up to |at most |no (?:longer|more) )"
    rf"|in (?:redis|valkey"
    rf"|memcached|the cache)\b)|\s+and\s+(?:(?:is|are|gets?|must be|should be) )?(?=(?:{_DROPS})\b)",
    _I,
)
_STALE = re.compile(
    rf"(?:may be |can be |tolerates? |accepts? |allow(?:s|ed)? )?(?:up to "
    rf"|max(?:imum)? )?(?:(?P<a>{DURATION})(?: of)? stale(?:ness)?|stale(?:ness)?(?: up to"
    rf"| for| tolerance| of| <=?| \u2264)?(?: up to)?\s*[:=]?\s*(?P<b>{DURATION}))(?: is"
    rf"| are)?(?: ok| okay| fine| acceptable)?",
    _I,
)
_OTHER = re.compile(
    r"no (?:extension|sliding(?: expiration)?|renewal)|sliding(?: expiration| ttl)?"
    r"|(?:with )?(?:a )?(?:distributed )?lock(?:ing)?|(?:with )?jitter"
    r"|single[- ]flight|stale[- ]while[- ]revalidate|pre-?warm(?:ed|ing)?(?: on \w+)?"
    r"|warm(?:ed)?(?: up)?(?: on \w+)?|compressed|json",
    _I,
)
_OUTSIDE = re.compile(r"\b(?:cdn|edge|browser|max-age|s-maxage|http|cloudflare|fastly|client[- ]side|private)\b", _I)


def attributes(text: str) -> Attributes:
    """What the clauses of "cache-aside, 1h TTL, invalidate on update (always fresh)" say."""
    found = Attributes()
    remarks: list[str] = []
    for clause in clauses(text):
        bare, inner = (clause, "") if _key(clause) is not None else parenthesis(clause)
        for piece in [*_phrases(bare), *clauses(inner)] if bare else clauses(inner):
            read = _attribute(piece)
            if read is None:
                remarks.append(piece)
            else:
                found = _merged(found, read)
        if found.unclear:
            break
    return msgspec.structs.replace(found, left=tuple(remarks))


def _phrases(clause: str) -> list[str]:
    """The phrases of a clause, when each of them says something and the clause as a whole does not."""
    parts = [part for part in _GOES_ON.split(clause) if part]
    if len(parts) > 1 and _attribute(clause) is None and all(_attribute(part) is not None for part in parts):
        return parts
    return [clause]


def _merged(one: Attributes, more: Attributes) -> Attributes:
    if one.ttl is not None and more.ttl is not None and one.ttl != more.ttl:
        return msgspec.structs.replace(one, unclear="it gives more than one TTL")
    changed = {
        "ttl": more.ttl if more.ttl is not None else one.ttl,
        "symbol": one.symbol or more.symbol,
        "strategies": (*one.strategies, *(s for s in more.strategies if s not in one.strategies)),
        "triggers": (*one.triggers, *more.triggers),
        "key": one.key or more.key,
        "durable": one.durable or more.durable,
        "never": one.never or more.never,
        "http": one.http or more.http,
        "stale": one.stale if one.stale is not None else more.stale,
        "store": one.store or more.store,
        "other": (*one.other, *more.other),
        "unclear": one.unclear or more.unclear,
    }
    return msgspec.structs.replace(one, **changed)


def _attribute(clause: str) -> Attributes | None:
    """What one clause says; None when it is a remark or something unknown."""
    text = clause.strip().rstrip(".").strip()
    bare = text.replace("`", "")
    for read in (_never, _durable, _ttl, _stale, _symbol, _triggers, _key):
        found = read(text if read is _key else bare)
        if found is not None:
            return found
    strategies = [name for pattern, name in _STRATEGIES if pattern.fullmatch(bare)]
    if strategies:
        return Attributes(strategies=tuple(strategies))
    both = re.split(r"\s*(?:\+|&|\band\b|/)\s*", bare)
    if len(both) > 1 and all(any(p.fullmatch(each) for p, _ in _STRATEGIES) for each in both):
        return Attributes(strategies=tuple(name for each in both for p, name in _STRATEGIES if p.fullmatch(each)))
    if _STORE.fullmatch(bare):
        return Attributes(store=bare)
    return Attributes(other=(bare,)) if _OTHER.fullmatch(bare) else None


def _never(text: str) -> Attributes | None:
    return Attributes(never=True, http="store" in text.lower()) if _NEVER.fullmatch(text) else None


def _durable(text: str) -> Attributes | None:
    return Attributes(durable=True) if _DURABLE.fullmatch(text) else None


def _ttl(text: str) -> Attributes | None:
    bare = _BARE_TTL.fullmatch(text)
    if bare:
        return Attributes(ttl=float(bare["number"]))
    match = _TTL.fullmatch(text)
    if match is None:
        if re.search(DURATION, text, _I) and _OUTSIDE.search(text) and not CONDITIONS.search(text):
            return Attributes(other=(text,))
        return None
    amount = seconds(match["upper"] or match["range"] or match["ttl"])
    return Attributes(ttl=amount) if amount is not None else Attributes(unclear="its duration can be read in two ways")


def _stale(text: str) -> Attributes | None:
    match = _STALE.fullmatch(text)
    return Attributes(stale=seconds(match["a"] or match["b"])) if match else None


def _symbol(text: str) -> Attributes | None:
    match = _SYMBOL.fullmatch(text)
    return Attributes(symbol=re.sub(r"^(?:until|till)\s+", "", match["symbol"])) if match else None


def _triggers(text: str) -> Attributes | None:
    if _UNDROPPED.fullmatch(text):
        return Attributes(triggers=("none",))
    match = _TRIGGER.fullmatch(text)
    if match is None:
        return None
    said = match["what"] or match["said"] or match["event"] or text
    return Attributes(triggers=(said.strip(" :"),))


def _key(text: str) -> Attributes | None:
    match = _KEY.fullmatch(text) or _UNDER.fullmatch(text)
    return Attributes(key=match["key"].strip("`")) if match else None
