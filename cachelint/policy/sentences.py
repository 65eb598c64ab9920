"""The sentences a policy is made of: each form is a pattern and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cachelint.policy import model
from cachelint.policy.attributes import attributes
from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.meanings import Meaning, cached, never
from cachelint.policy.naming import CONDITIONS, entities
from cachelint.policy.templates import templates

_I = re.IGNORECASE


Form = Callable[[re.Match[str]], Meaning]

_ERROR = (
    r"(?:errors?|failures?|outages?|exceptions?|is down|goes down|unavailable|unreachable"
    r"|being down|downtime|timeouts?)"
)
_KEEPS = (
    r"(?:fail|break|crash|block|abort|500|kill|take down|bring down|throw|raise|propagate|bubble"
    r"|reach|surface|affect|stop)"
)
_MODULE = r"`?(?P<module>[\w./-]+(?:/[\w.-]+\.\w+|\.py)|[a-z_]\w*(?:\.\w+)+)`?"
_KEYED = (
    r"(?:cache |redis |new |single |cached )*(?:keys?|entry|entries|values?|items?|caches?|writes?|set|objects?|data)"
)


def _stated(*statements: model.Statement) -> Form:
    return lambda match: Meaning(statements)


def _client(match: re.Match[str]) -> Meaning:
    return Meaning((model.OneClient(module=match["module"].strip("`")),))


def _form_of(match: re.Match[str]) -> Meaning:
    return Meaning((model.Serializes(form=match["form"].lower()),))


def _everything(match: re.Match[str]) -> Meaning:
    """Every entry has a TTL; one given for all is a limit."""
    found = re.findall(DURATION, match[0], _I)
    if (
        re.search(
            r"\b(?:at least|minimum|unless|except|without|if|only|but)\b(?! (?:a |an )?(?:ttl|expir))", match[0], _I
        )
        and found
    ):
        return Meaning(unclear="it limits a TTL in a way that cachelint cannot take into account")
    amounts = [seconds(each) for each in found]
    if len(amounts) > 1 or None in amounts:
        return Meaning(unclear="it gives more than one duration")
    return Meaning((model.ExpiresAll(limit=amounts[0] if amounts else None),))


def _maximum(match: re.Match[str]) -> Meaning:
    amount = seconds(match["limit"])
    return (
        Meaning((model.ExpiresAll(limit=amount),)) if amount is not None else Meaning(unclear="its duration is unclear")
    )


def _tolerance(match: re.Match[str]) -> Meaning:
    amount = seconds(match["limit"])
    return (
        Meaning((model.Tolerates(seconds=amount),))
        if amount is not None
        else Meaning(unclear="its duration is unclear")
    )


def _keys_form(match: re.Match[str]) -> Meaning:
    found = list(templates(match.string))
    if not found or _hides_condition(match.string):
        return Meaning(unclear="its key format is unclear")
    return Meaning(
        tuple(model.KeyFormat(template=each) if "{" in each else model.KeyExample(key=each) for each in found)
    )


def _never_form(match: re.Match[str]) -> Meaning:
    return never(match["what"])


def _cache_form(match: re.Match[str]) -> Meaning:
    if len(match["what"].split()) > 1 and match["what"].istitle():
        return Meaning(unclear="reads like a title")
    said = attributes((match["how"] or "").strip(" -,"))
    found = cached(entities(match["what"]), said)
    return Meaning(unclear=f"what `{found.left}` means is unclear") if _hides_condition(found.left) else found


def _hides_condition(left: str) -> bool:
    return CONDITIONS.search(left) is not None


def _dropped(match: re.Match[str]) -> Meaning:
    named = entities(match["what"].replace(" cache", "").replace(" caches", ""))
    if named.unclear or not named.names:
        return Meaning(unclear=named.unclear or "names nothing")
    return Meaning(tuple(model.Caches(subject=name, triggers=(match["when"].strip(),)) for name in named.names))


_ATTRIBUTES = r"(?:\s+(?:for|with|using|via|forever|in|by|until|at|through|up to|permanently)\b|\s*[,(]|\s+-\s)"

# In this order: the first form that fits decides. Patterns fit anywhere in the sentence unless anchored.
FORMS: tuple[tuple[re.Pattern[str], Form], ...] = tuple(
    (re.compile(pattern, _I), form)
    for pattern, form in (
        # ---- targets and infrastructure
        (r"\b(?:miss|hit)[- ]?(?:rates?|ratios?)\b", _stated(model.NotCheckable(why="a rate shows only at run time"))),
        (
            r"\b(?:maxmemory|eviction policy|max memory|memory (?:limit|budget)|\d+ ?(?:[gm]i?b)\b|latency|p9\d)\b",
            _stated(model.NotCheckable(why="a property of the running system")),
        ),
        # ---- keys
        (
            r"\b(?:never|not|don't|no|avoid|must ?n't|without)\b.*\b(?:raw|unvalidated"
            r"|unsaniti[sz]ed|untrusted|user|client|request)"
            r"(?:[- ](?:user|client|request|supplied|provided))?[- ](?:input|parameters?"
            r"|params?|data|text|values?|strings?|supplied|controlled)\b"
            r"(?:.*\bkeys?\b|.*$)(?<!cached)",
            _stated(model.NoRawInput()),
        ),
        (
            r"\b(?:hash|validate|saniti[sz]e|escape|normali[sz]e)\b.*\b(?:user|raw|client"
            r"|request)[- ](?:input|supplied|data|params?|parameters?)\b",
            _stated(model.NoRawInput()),
        ),
        (
            r"^(?:all |every |each |the |our |cache |redis |new )*keys?\b[^:]*"
            r"\b(?:follow|look like|use|match|named?|form|format|pattern|template"
            r"|built|structured)\w*\b.*\{.*\}",
            _keys_form,
        ),
        # ---- failure
        (
            rf"\b{_ERROR}\b.*\b(?:as|like|=|are|is|means?|->)\s+(?:an? )?(?:plain |ordinary |cache )*miss(?:es)?\b",
            _stated(model.OnError()),
        ),
        (
            rf"\b(?:never|not|n't|without|no)\b.*\b{_KEEPS}\w*\b.*\b(?:requests?|users?"
            rf"|app(?:lication)?|service|site|page|handlers?|endpoints?)\b",
            _stated(model.OnError()),
        ),
        (
            rf"\b(?:never|do not|don't) (?:throw|raise)\b.*\b(?:redis|cache|memcached|{_ERROR})",
            _stated(model.OnError()),
        ),
        (
            rf"\b(?:redis|valkey|memcached|cache)\b.*\b{_ERROR}\b.*\b(?:fall(?:s)? ?back"
            rf"|degrade|continue|go on|fail open|ignore|swallow|log)\w*\b",
            _stated(model.OnError()),
        ),
        (
            rf"\b(?:fall(?:s)? ?back to|degrade|continue|fail open|go on)\b.*\b(?:redis"
            rf"|valkey|memcached|cache)\b.*\b{_ERROR}\b",
            _stated(model.OnError()),
        ),
        (
            r"\b(?:works?|runs?|survives?|functions?|available|serve)\b.*\bwithout (?:the "
            r"|a |its )?(?:redis|cache|memcached|valkey)\b",
            _stated(model.OnError()),
        ),
        (r"\bgraceful(?:ly)? degrad\w+|\bfail(?:s)?[- ]open\b", _stated(model.OnError())),
        # ---- the client module
        (rf"^(?:redis |cache |shared |the |single )*client(?: module)?\s*(?::|=|is|lives in|-)\s*{_MODULE}", _client),
        (
            rf"\bonly\s+{_MODULE}\s+(?:may|can|should|is allowed to|must|imports?|creates?|constructs?|talks?)\b",
            _client,
        ),
        (
            rf"\b(?:all|every|any)\b.*\b(?:access|calls?|clients?|use|usage|operations?"
            rf"|reads?|connections?)\b.*\b(?:through|via|from|in|by"
            rf"|uses?)\s+(?:the\s+)?(?:\w+\s+){{0,2}}{_MODULE}",
            _client,
        ),
        (
            rf"\b(?:use|import|get|take)\b.*\b(?:client|connection|redis|cache)\b.*\b(?:from"
            rf"|in|via|through)\s+{_MODULE}",
            _client,
        ),
        (
            rf"\b(?:never|do not|don't)\b.*\b(?:import|use|instantiate|create|construct"
            rf"|open)\b.*\b(?:outside|except (?:in|through|via)|other than"
            rf"|directly)\b.*{_MODULE}",
            _client,
        ),
        # ---- values
        (
            r"\bseriali[sz](?:ation|ed?|er|ing)\b.*?\b(?:as |with |to |is |: |= "
            r"|in )?(?P<form>json|orjson|ujson|msgpack|messagepack|pickle|protobuf|cbor)\b",
            _form_of,
        ),
        (r"\b(?:values?|entries|payloads?)\b.*\b(?:as|in)\s+(?P<form>json|msgpack|protobuf|cbor)\b", _form_of),
        (
            r"\b(?:never|no|do not|don't|avoid)\b.*\b(?P<form>pickl)(?:e|ed|es|ing)\b",
            lambda match: Meaning((model.Serializes(form="not pickle"),)),
        ),
        (r"\bstampedes?\b|\bthundering herd\b|\bdog[- ]?pil\w+", _stated(model.Stampede())),
        # ---- TTLs of everything
        (rf"\b(?:every|all|each|any)\b {_KEYED}\b.*\b(?:ttls?|expir\w+|timeouts?)\b.*", _everything),
        (
            r"^(?:always|must)\b.*\b(?:set|give|use|pass|have|specify|provide)\b.*\b(?:ttls?|expir\w+|timeouts?)\b.*",
            _everything,
        ),
        (
            r"\b(?:no|never|don't|do not)\b.*\bwithout (?:an? )?(?:explicit )?(?:ttl|expiry|expiration|timeout)\b",
            _stated(model.ExpiresAll()),
        ),
        (
            r"^(?:ttls? (?:is |are )?)(?:mandatory|required|obligatory)\b"
            r"|\bmust (?:always )?have (?:an? )?(?:ttl|expiry)\b",
            _stated(model.ExpiresAll()),
        ),
        (
            rf"^(?:the )?(?:max(?:imum)?|longest|upper limit (?:of|for))\s+(?:cache "
            rf"|allowed )?(?:ttls?|lifetime|expiry|cache time|limit)\s*(?::|=|is|of"
            rf"|-)?\s*(?P<limit>{DURATION})$",
            _maximum,
        ),
        (
            rf"^(?:no|never)\b.*\b(?:ttls?|cache\w*|entry|entries|keys?"
            rf"|anything)\b.*\b(?:above|over|beyond|longer than|more than|exceed(?:s"
            rf"|ing)?)\s+(?P<limit>{DURATION})$",
            _maximum,
        ),
        (
            rf"^ttls?\b.*\b(?:must|should|may|can)\s?(?:never|not|n't)\s+(?:exceed"
            rf"|be (?:longer|more|higher) than)\s+(?P<limit>{DURATION})$",
            _maximum,
        ),
        (
            rf"\bstale(?:ness)?\b[- ]?(?:tolerance|budget|limit|reads?|data)?\s*(?:(?:is|are"
            rf"|of|:|=|<=?|up to|at most|may be|can be|for|allowed|accepted|ok"
            rf"|older than)\s*)*(?P<limit>{DURATION})(?:\s+(?:is|are)?\s*(?:ok|fine|okay"
            rf"|allowed|acceptable|old|everywhere))*$",
            _tolerance,
        ),
        (rf"^(?:we )?(?:tolerate|accept|allow)s?\b.*?(?P<limit>{DURATION}) (?:of )?stale(?:ness)?\b.*$", _tolerance),
        # ---- what is cached
        (
            r"^(?:please )?(?:never|do not|don't|dont|must not|avoid"
            r"|no)\s+(?:ever )?cach(?:e|ing)\b(?:\s+(?:of|for))?\s*[:-]?\s+(?P<what>.+)$",
            _never_form,
        ),
        (
            r"^(?P<what>[^:]+?)\s+(?:must|should|may|can|shall|are|is|will)\s*(?:never|not"
            r"|n't|no)\s*(?:ever )?(?:be )?cach(?:ed|eable)(?:\s*[-(,].*)?$",
            _never_form,
        ),
        (r"^(?P<what>[^:]+?)\s+are never cached(?:\s*[-(,].*)?$", _never_form),
        (
            r"^(?:invalidate|purge|evict|clear|bust|drop|delete"
            r"|flush)\s+(?:the\s+)?(?P<what>(?!(?:on|when|after|by|it|them"
            r"|immediately)\b)[^,.:]+?)\s+(?P<when>(?:on|upon|when(?:ever)?|after|at|from"
            r"|via)\s+.+)$",
            _dropped,
        ),
        (
            rf"^(?:always )?cache\s+(?P<what>(?!(?:keys?|miss|hit|error|entry|entries"
            rf"|aside)\b)[^:]+?)(?P<how>{_ATTRIBUTES}.*)$",
            _cache_form,
        ),
        (
            r"^(?P<what>[^:]+?)\s+(?:is|are|get|gets|should be|must be|may be|can be)\s+cached\b\s*(?P<how>.*)$",
            _cache_form,
        ),
        (rf"^(?P<what>[^:]+?)\s+(?:expires?|lives?)\s+(?P<how>(?:after|in|for)\s+{DURATION}.*)$", _cache_form),
        (
            r"^(?:always )?cache\s+(?P<what>(?!(?:keys?|miss|hit|error|entry|entries|aside)\b)[^:]+)(?P<how>)$",
            _cache_form,
        ),
    )
)


def sentence(text: str) -> Meaning | None:
    """What a whole sentence says; None when it has none of the known forms."""
    for pattern, form in FORMS:
        match = pattern.search(text)
        if match is not None:
            return form(match)
    return None


def sentences(text: str) -> Iterator[str]:
    """The sentences of a line, cut at full stops followed by a capital."""
    yield from (
        part.strip().rstrip(".") for part in re.split(r"(?<=[a-z0-9)`])[.!]\s+(?=[A-Z`])", text) if part.strip()
    )
