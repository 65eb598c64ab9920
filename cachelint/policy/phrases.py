"""The phrases policies are made of: lists of entities, and what can be said of one (TTL, strategy, trigger, key)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cachelint.policy.durations import DURATION, seconds

# Words after which a phrase says something else than it seems to.
CONDITIONS = re.compile(
    r"\b(?:unless|except|if|only|until|but|without|otherwise|instead|at least|minimum|more than|not|never|no|n't"
    r"|while|before|either|depending|rather|don't|when|whenever|where)\b|>",
    re.IGNORECASE,
)
_VERBS = re.compile(
    r"\b(?:is|are|be|was|were|must|should|may|might|can|could|will|shall|has|have|had|do|does|use|uses|used|using"
    r"|make|makes|get|gets|set|sets|see|run|runs|keep|need|needs|want|allow|ensure|check|add|avoid|read|write|store"
    r"|it|they|we|you|this|these|that|which|who|whose|because|since|so|then|than|very|too"
    r"|also|just|i|always|never)\b",
    re.IGNORECASE,
)
_NARROWING = re.compile(r"\b(?:for|by|with|on|per|during|at|via|under|after|to|as|into|about|over)\b", re.IGNORECASE)
_DROPPED = re.compile(
    r"\s+(?:in (?:flight|progress|transit)|from (?:\w+[- ])?(?:external|upstream|third)[\w -]*)$", re.IGNORECASE
)
_ABSTRACT = re.compile(r"^(?:anything|everything|something|things?|data|values?|whatever|content)\b", re.IGNORECASE)
_EXAMPLES = re.compile(
    r"^(?:e\.?g\.?,?|i\.?e\.?,?|such as|like|including|incl\.?|for example,?|z\.?b\.?)\s+", re.IGNORECASE
)
_REMARK_ENDINGS = ("ly", "ed", "ing", "able", "ive", "ous", "ful")
ENTITY_WORDS = 5


class Entities(msgspec.Struct, frozen=True):
    """What a list of entities names. `unclear` is why it cannot be taken at its word, "" when it can."""

    names: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    unclear: str = ""
    abstract: bool = False


def entities(text: str) -> Entities:
    """The entities that a phrase lists: "orders, payments in flight and invoices (drafts too)"."""
    text, exceptions = _without_exceptions(text.strip().rstrip(".;:"))
    names: list[str] = []
    for part in split_list(text):
        head, inner = parenthesis(part)
        if _ABSTRACT.match(head) and (_VERBS.search(head) or len(head.split()) == 1):
            return Entities(abstract=True)
        why = why_no_entity(head)
        if why:
            return Entities(unclear=why)
        names.append(cleaned(head))
        names.extend(examples(inner))
    return Entities(tuple(dict.fromkeys(names)), exceptions)


def _without_exceptions(text: str) -> tuple[str, tuple[str, ...]]:
    match = re.search(r"[,(]?\s*\b(?:except(?: for)?|other than|apart from)\s+(.+?)\)?$", text, re.IGNORECASE)
    if match is None:
        return text, ()
    named = [cleaned(part) for part in split_list(match[1])]
    if any(why_no_entity(name) for name in named):
        return text, ()
    return text[: match.start()].rstrip(" ,("), tuple(named)


_METHOD = re.compile(r"^`?(?:(?:GET|HEAD|OPTIONS|ANY)(?:[/,| ]+(?:GET|HEAD))?\s+)(?=/)")


def why_no_entity(text: str) -> str:
    """Why a phrase is no name of a kind of data; "" when it is one."""
    text = _METHOD.sub("", text)
    bare = _DROPPED.sub("", text.strip("` ")).strip()
    if not bare or not re.search(r"[A-Za-z]", bare):
        return "names nothing"
    if bare.startswith("/") or re.fullmatch(r"[\w.:{}*/-]+", bare):
        return ""
    found = CONDITIONS.search(bare) or _VERBS.search(bare) or _NARROWING.search(bare)
    if found:
        return f"`{found[0].strip()}` limits or adds something that cachelint cannot take into account"
    if re.search(r"[=<>{}\"?!;:]", bare) or re.search(DURATION, bare, re.IGNORECASE):
        return "is more than the name of a kind of data"
    return "is too long for a name" if len(bare.split()) > ENTITY_WORDS else ""


def cleaned(text: str) -> str:
    """An entity without articles and remarks; "status of payments" is payment status."""
    bare = _DROPPED.sub("", _METHOD.sub("", text.strip()).strip("`'\"").strip())
    bare = re.sub(r"^(?:the|a|an|all|any|our|every|each)\s+", "", bare, flags=re.IGNORECASE)
    match = re.fullmatch(r"(\w[\w-]*) of (?:the |an? |all )?([\w -]+)", bare)
    return f"{match[2]} {match[1]}" if match else bare


def examples(text: str) -> list[str]:
    """The entities in a parenthesis after a name; none when it is a remark ("always fresh")."""
    found = []
    for part in split_list(_EXAMPLES.sub("", text)) if text else []:
        if re.fullmatch(r"etc\.?|\.\.\.|and so on", part, re.IGNORECASE):
            continue
        last = part.strip("` ").split()[-1:] or [""]
        if why_no_entity(part) or last[0].lower().endswith(_REMARK_ENDINGS) or len(part.split()) > 4:
            return []
        found.append(cleaned(part))
    is_remark = len(found) == 1 and " " not in found[0] and found[0].islower() and not found[0].endswith("s")
    return [] if is_remark and not _EXAMPLES.match(text) else found


def split_list(text: str) -> list[str]:
    """The parts of "a, b and c / d"; commas inside parentheses, code and numbers do not count."""
    parts: list[str] = []
    for clause in clauses(text):
        pieces = re.split(r"\s+(?:and|or|&|und|oder|plus)\s+|\s+/\s+|(?<=[a-z])/(?=[a-z])(?![^`]*`$)", clause)
        if clause.startswith(("/", "`")) or "(" in clause:
            pieces = re.split(r"\s+(?:and|or|&|und|oder)\s+(?![^()]*\))", clause)
        parts.extend(re.sub(r"^(?:and|or)\s+", "", piece.strip()) for piece in pieces)
    return [part for part in parts if part]


def clauses(text: str) -> list[str]:
    """A text cut at commas, semicolons and " + " outside of parentheses, code and numbers."""
    parts: list[str] = []
    start, depth, in_code = 0, 0, False
    for index, letter in enumerate(text):
        if letter == "`":
            in_code = not in_code
        elif in_code:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth = max(depth - 1, 0)
        elif (depth == 0 and (letter == ";" or (letter == "," and not _in_number(text, index)))) or (
            depth == 0 and letter == "+" and text[index - 1 : index + 2] == " + "
        ):
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _in_number(text: str, index: int) -> bool:
    return text[index - 1 : index].isdigit() and text[index + 1 : index + 2].isdigit()


def parenthesis(text: str) -> tuple[str, str]:
    """("user data", "roles, flags") of "user data (roles, flags)"; several parentheses are joined."""
    inner = re.findall(r"\(([^()]*)\)", text)
    bare = re.sub(r"\s*\([^()]*\)", "", text).strip()
    return (bare, ", ".join(inner)) if inner and not text.startswith("`") else (text.strip(), "")


# ------------------------------------------------------------------------------------------------ attributes


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
    rf"|upon|when(?:ever)?|after|at|by|through|via|in|from|explicitly)\b\s*(?P<what>.*)"
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
        for piece in [bare, *clauses(inner)] if bare else clauses(inner):
            read = _attribute(piece)
            if read is None:
                remarks.append(piece)
            else:
                found = _merged(found, read)
        if found.unclear:
            break
    return msgspec.structs.replace(found, left=tuple(remarks))


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
    match = _KEY.fullmatch(text)
    return Attributes(key=match["key"].strip("`")) if match else None


# -------------------------------------------------------------------------------------------- key templates

_TEMPLATE = re.compile(r"(?:\{[\w. +()-]+\}|[\w.*:|/#-])+")


def templates(text: str) -> Iterator[str]:
    """The key templates and keys of a text: what stands in code spans, or words with colons or holes."""
    text = re.sub(r"<([\w-]+)>", r"{\1}", text.replace("}or{", "} or {"))
    spans = re.findall(r"`([^`]+)`", text)
    for word in spans or re.split(r"[\s,;]+", text):
        word = word.strip("`'\"().,;")
        if _TEMPLATE.fullmatch(word) and (":" in word.strip(":") or "{" in word):
            yield word
