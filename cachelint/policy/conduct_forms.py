"""Sentences about all entries: keys, failures, the client module, the form of values, stampedes, TTLs."""

from __future__ import annotations

import re

from cachelint.policy import model
from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.forms import CACHE, form, hides_condition, stated
from cachelint.policy.meanings import Meaning
from cachelint.policy.templates import templates

_ERROR = (
    r"(?:errors?|failures?|outages?|exceptions?|is down|goes down|unavailable|unreachable"
    r"|being down|downtime|timeouts?)"
)
_ERRORS = "error failure outage exception down unavailable unreachable timeout"
_KEEPS = (
    r"(?:fail|break|crash|block|abort|500|kill|take down|bring down|throw|raise|propagate|bubble"
    r"|reach|surface|affect|stop)"
)
_GOES_ON = (
    r"(?:fall(?:s)? ?back|degrad|continu|go(?:es)? on|fail open|ignor|swallow|log|served? from|answered from"
    r"|read(?:s)? from|load(?:s|ed)? from)"
)
_MODULE = r"`?(?P<module>[\w./-]+(?:/[\w.-]+\.\w+|\.py)|[a-z_]\w*(?:\.\w+)+)`?"
_KEYED = (
    r"(?:cache |redis |new |single |cached )*"
    r"`?(?:keys?|entry|entries|values?|items?|caches?|writes?|set|objects?|data)(?:\(\))?`?"
)
_EXPIRES = r"(?:\bttls?\b|\bexpir\w+|\btimeouts?\b|\b(?:ex|px|timeout)=)"
_LIMITS_TTL = re.compile(
    r"\b(?:at least|minimum|unless|except|without|if|only|but)\b(?! (?:a |an )?(?:ttl|expir))", re.IGNORECASE
)


def _client(match: re.Match[str]) -> Meaning:
    return Meaning((model.OneClient(module=match["module"].strip("`")),))


def _form_of(match: re.Match[str]) -> Meaning:
    return Meaning((model.Serializes(form=match["form"].lower()),))


def _everything(match: re.Match[str]) -> Meaning:
    """Every entry has a TTL; one given for all is a limit."""
    found = re.findall(DURATION, match[0], re.IGNORECASE)
    if found and _LIMITS_TTL.search(match[0]):
        return Meaning(unclear="it limits a TTL in a way that cachelint cannot take into account")
    amounts = [seconds(each) for each in found]
    if len(amounts) > 1 or None in amounts:
        return Meaning(unclear="it gives more than one duration")
    return Meaning((model.ExpiresAll(limit=amounts[0] if amounts else None),))


def _maximum(match: re.Match[str]) -> Meaning:
    amount = seconds(match["limit"])
    if amount is None:
        return Meaning(unclear="its duration is unclear")
    return Meaning((model.ExpiresAll(limit=amount),))


def _default(match: re.Match[str]) -> Meaning:
    amount = seconds(match["limit"])
    if amount is None:
        return Meaning(unclear="its duration is unclear")
    return Meaning((model.DefaultTtl(ttl=amount),))


def _keys_form(match: re.Match[str]) -> Meaning:
    found = list(templates(match.string))
    if not found or hides_condition(re.sub(r"`[^`]*`", "", match.string)):
        return Meaning(unclear="its key format is unclear")
    return Meaning(
        tuple(model.KeyFormat(template=each) if "{" in each else model.KeyExample(key=each) for each in found)
    )


RUN_TIME = (
    form(
        "miss hit",
        r"\b(?:miss|hit)[- ]?(?:rates?|ratios?)\b|\b(?:misses|hits)\b.*\d\s*%",
        stated(model.NotCheckable(why="a rate shows only at run time")),
    ),
    form(
        "memory evict latency gb gib mb mib p9",
        r"\b(?:maxmemory|eviction policy|max memory|memory (?:limit|budget)|\d+ ?(?:[gm]i?b)\b|latency|p9\d)\b",
        stated(model.NotCheckable(why="a property of the running system")),
    ),
)
KEYS = (
    form(
        "raw unvalidated unsanit untrusted user client request",
        r"\b(?:never|not|don't|no|avoid|must ?n't|without)\b.*\b(?:(?:raw|unvalidated|unsaniti[sz]ed|untrusted)"
        r"(?:[- ](?:user|client|request|supplied|provided|query))?[- ](?:input|parameters?"
        r"|params?|data|text|values?|strings?|supplied|controlled)\b(?:.*\bkeys?\b|.*$)(?<!cached)"
        r"|(?:user|client|request)(?:[- ](?:supplied|provided|query))?[- ](?:input|parameters?"
        r"|params?|data|text|values?|strings?|supplied|controlled)\b.*\bkeys?\b"
        r"|keys?\b.*\b(?:user|client|request)(?:[- ](?:supplied|provided|query))?[- ](?:input|parameters?|params?|data"
        r"|text|values?|strings?|supplied|controlled)\b)",
        stated(model.NoRawInput()),
    ),
    form(
        "key",
        r"\b(?:free text|(?:user|raw|client|visitor|customer) input|(?:text|words?|input|data) (?:typed"
        r"|entered|sent|given)"
        r" by)\b.*\b(?:must|may|should|can|shall|does|do)\s*(?:never|not|n't)\b.*\b(?:in|into|of)\b.*\bkeys?\b",
        stated(model.NoRawInput()),
    ),
    form(
        "hash validate sanit escape normali",
        r"\b(?:hash|validate|saniti[sz]e|escape|normali[sz]e)\b.*\b(?:user|raw|client"
        r"|request)[- ](?:input|supplied|data|params?|parameters?)\b",
        stated(model.NoRawInput()),
    ),
    form(
        "key",
        r"^(?:all |every |each |the |our |cache |redis |new )*keys?\b[^:]*"
        r"\b(?:follow|look like|use|match|named?|form|format|pattern|template"
        r"|built|structured)\w*\b.*(?:\{.*\}|<.*>)",
        _keys_form,
    ),
    form(
        "key",
        r"^(?:always )?(?:use|follow|build|name)\s+(?:the |this |these |our )?(?:cache "
        r"|redis )?keys?(?: (?:formats?|patterns?"
        r"|templates?|schemas?))?\s*:?\s+`[^`]*\{[^`]*`(?:\s+(?:or|and)\s+`[^`]*`)*$",
        _keys_form,
    ),
)
FAILURE = (
    form(
        "miss",
        rf"\b{_ERROR}\b.*\b(?:as|like|=|are|is|means?|->)\s+(?:an? )?(?:plain |ordinary |cache )*miss(?:es)?\b",
        stated(model.OnError()),
    ),
    form(
        "never not n't without no",
        rf"\b(?:never|not|n't|without|no)\b.*\b{_KEEPS}\w*\b.*\b(?:requests?|users?"
        rf"|app(?:lication)?|service|site|page|handlers?|endpoints?)\b",
        stated(model.OnError()),
    ),
    form(
        "throw raise",
        rf"\b(?:never|do not|don't) (?:throw|raise)\b.*\b(?:redis|cache|memcached|{_ERROR})",
        stated(model.OnError()),
    ),
    form(_ERRORS, rf"\b{CACHE}\b.*\b{_ERROR}\b.*\b{_GOES_ON}\w*\b", stated(model.OnError())),
    form(
        _ERRORS,
        rf"\b(?:fall(?:s)? ?back to|degrade|continue|fail open|go on)\b.*\b{CACHE}\b.*\b{_ERROR}\b",
        stated(model.OnError()),
    ),
    form(
        "without",
        r"\b(?:works?|runs?|survives?|functions?|available|serve)\b.*\bwithout (?:the "
        r"|a |its )?(?:redis|cache|memcached|valkey)\b",
        stated(model.OnError()),
    ),
    form("graceful fail", r"\bgraceful(?:ly)? degrad\w+|\bfail(?:s)?[- ]open\b", stated(model.OnError())),
)
CLIENT = (
    form(
        "client",
        rf"^(?:redis |cache |shared |the |single )*client(?: module)?\s*(?::|=|is|lives in|-)\s*{_MODULE}",
        _client,
    ),
    form(
        "only",
        rf"\bonly\s+{_MODULE}\s+(?:may|can|should|is allowed to|must|imports?|creates?|constructs?|talks?)\b",
        _client,
    ),
    form(
        "all every any",
        rf"\b(?:all|every|any)\b.*\b(?:access|calls?|clients?|use|usage|operations?"
        rf"|reads?|connections?)\b.*\b(?:through|via|from|in|by"
        rf"|uses?)\s+(?:the\s+)?(?:\w+\s+){{0,2}}{_MODULE}",
        _client,
    ),
    form(
        "use import get take",
        rf"\b(?:use|import|get|take)\b.*\b(?:client|connection|redis|cache)\b.*\b(?:from"
        rf"|in|via|through)\s+{_MODULE}",
        _client,
    ),
    form(
        "outside except other directly",
        rf"\b(?:never|not|don't)\b.*\b(?:import|use|instantiate|create|construct"
        rf"|open)\b.*\b(?:outside|except (?:in|through|via)|other than"
        rf"|directly)\b.*?(?<![\w./`-]){_MODULE}(?![\w/])",
        _client,
    ),
)
VALUES = (
    form(
        "seriali",
        r"\bseriali[sz](?:ation|ed?|er|ing)\b.*?\b(?:as |with |to |is |: |= "
        r"|in )?(?P<form>json|orjson|ujson|msgpack|messagepack|pickle|protobuf|cbor)\b",
        _form_of,
    ),
    form(
        "json msgpack protobuf cbor",
        r"\b(?:values?|entries|payloads?)\b.*\b(?:as|in|are|is)\s+(?P<form>json|msgpack|protobuf|cbor)\b",
        _form_of,
    ),
    form(
        "pickl",
        r"\b(?:never|no|not|don't|avoid)\b.*\b(?:pickl)(?:e|ed|es|ing)\b",
        stated(model.Serializes(form="not pickle")),
    ),
    form(
        "stampede herd pil jitter",
        r"\bstampedes?\b|\bthundering herd\b|\bdog[- ]?pil\w+|^(?:always |please )?(?:add |use |apply |give )?"
        r"(?:random )?jitter(?:$|\b.*\b(?:ttls?|expir\w+|timeouts?)\b)",
        stated(model.Stampede()),
    ),
    form(
        "lock mutex single coalesc",
        r"\b(?:keys?|entries|misses)\b.*\b(?:protected|guarded|covered|shielded)\b.*\b(?:locks?|mutex(?:es)?)\b"
        r"|\b(?:use|take|hold|acquire|need)\b.*\b(?:locks?|mutex)\b.*"
        r"\b(?:miss(?:es)?|rebuild\w*|reload\w*|recomput\w*|regenerat\w*|refill\w*)\b"
        r"|\bsingle[- ]?flight\b|\brequest coalescing\b",
        stated(model.Stampede()),
    ),
)
EXPIRY = (
    form("every all each any", rf"\b(?:every|all|each|any)\b {_KEYED}(?!\w).*{_EXPIRES}.*", _everything),
    form(
        "expire ttl",
        r"^(?:cache |redis |cached )*(?:keys?|entry|entries|values?|items?)\s+(?:must|should|shall|have to"
        r"|need to|always)"
        r"\s+(?:always )?(?:expire|have (?:an? )?(?:ttl|expiry))\b.*",
        _everything,
    ),
    form(
        "always must",
        rf"^(?:always|must)\b.*\b(?:set|give|use|pass|have|specify|provide)\b.*{_EXPIRES}.*",
        _everything,
    ),
    form(
        "ttl expir timeout",
        r"^(?:please )?(?:use|set|give|add|specify|provide) (?:an? |explicit |appropriate |sensible |reasonable )*"
        r"(?:ttls?|expir\w+(?: times?)?|timeouts?) (?:for|on|to|with) (?:all |every |each |any )?(?:the |our )?"
        r"(?:cache|cached|redis|memcached|caches|keys?|entry|entries)\b(?!.*\b(?:that|which|except|unless|but|only|if"
        r"|when|who|whose|of|with|under|like)\b).*",
        _everything,
    ),
    form(
        "without",
        r"\b(?:no|never|don't|do not)\b.*\bwithout (?:an? )?(?:explicit )?(?:ttl|expiry|expiration|timeout)\b",
        stated(model.ExpiresAll()),
    ),
    form(
        "ttl expiry",
        r"^(?:ttls? (?:is |are )?)(?:mandatory|required|obligatory)\b"
        r"|\bmust (?:always )?have (?:an? )?(?:ttl|expiry)\b",
        stated(model.ExpiresAll()),
    ),
    form(
        "none",
        r"\b(?:timeout|ttl|ex|px|expire\w*)\s*=\s*none\b.*\b(?:forbidden|banned|prohibited|not allowed|disallowed)\b"
        r"|^(?:never|do not|don't|avoid)\b.*\b(?:timeout|ttl|ex|px|expire\w*)\s*=\s*none\b[`)]*$",
        stated(model.ExpiresAll()),
    ),
    form(
        "default",
        r"^(?:the |our )?default (?:cache )?(?:ttls?|expiry|expiration|timeout|lifetime)(?: (?:for|of) (?:all |every )?"
        rf"(?:cache )?(?:keys?|entries|entry|caches))?\s+(?:is|are|should be|must be|=)\s+(?P<limit>{DURATION})$",
        _default,
    ),
    form(
        "max longest upper",
        rf"^(?:the )?(?:max(?:imum)?|longest|upper limit (?:of|for))\s+(?:cache "
        rf"|allowed )?(?:ttls?|lifetime|expiry|cache time|limit)\s*(?::|=|is|of"
        rf"|-)?\s*(?P<limit>{DURATION})$",
        _maximum,
    ),
    form(
        "above over beyond than exceed",
        rf"^(?:no|never)\b.*\b(?:ttls?|cache\w*|entry|entries|keys?"
        rf"|anything)\b.*\b(?:above|over|beyond|longer than|more than|exceed(?:s"
        rf"|ing)?)\s+(?P<limit>{DURATION})$",
        _maximum,
    ),
    form(
        "ttl",
        rf"^ttls?\b.*\b(?:must|should|may|can)\s?(?:never|not|n't)\s+(?:exceed"
        rf"|be (?:longer|more|higher) than)\s+(?P<limit>{DURATION})$",
        _maximum,
    ),
)
