"""Sentences about one kind of data: cached how, never cached, dropped when, how stale it may be."""

from __future__ import annotations

import re

from cachelint.policy.attributes import Attributes, attributes
from cachelint.policy.durations import DURATION, seconds
from cachelint.policy.forms import CACHE, IN_CACHE, MUST, MUST_NOT, form, hides_condition
from cachelint.policy.meanings import Meaning, cached, never
from cachelint.policy.model import Caches, Tolerates
from cachelint.policy.naming import entities

# What may stand behind "never cached": a reason, or an emphasis.
_END = r"(?:\s+(?:under any circumstances|at all|ever|anywhere|in any cache))?(?:\s*[-(,].*)?$"
_HOW = r"(?:\s+(?:for|with|using|via|forever|in|by|until|at|through|up to|permanently|under)\b|\s*[,(]|\s+-\s)"
# What "cache" may go on with that is no kind of data: "cache because ...", "cache keys", "cache-aside".
_NO_DATA = (
    r"(?!(?:because|since|when|so|if|to|with|in|things|keys?|miss(?:es)?|hits?|errors?|entry|entries|aside"
    r"|invalidations?|expir\w+|evictions?|warm\w*|stampedes?|sizes?|layers?|backends?|servers?|clients?|settings?"
    r"|timeouts?|ttls?|strateg\w+|polic\w+|usage)\b)"
)
_DROPPED = r"(?:invalidated|purged|evicted|cleared|busted|dropped|deleted|flushed|removed|refreshed)"
_WHEN = r"(?:on|upon|when(?:ever)?|as soon as|once|every time|after|at|from|via)"
_GENERAL = re.compile(r"(?:cached )?(?:data|reads?|values?|entries|content|responses|everything|pages)|caches?", re.I)
_STATE = re.compile(r"(?:all |the |any )?(?:old|stale|expired|outdated|cached|unused|it|they|them|these|this)", re.I)
_SELF = re.compile(r"(?:the |our |this )?(?:caches?|caching|redis|it|they|this|that|these|which)", re.IGNORECASE)
# A predicate before the one that matters: "prices are authoritative in the database and must not be cached".
_FIRST = (
    r"(?:(?:is|are|has|have|change|changes|rarely|seldom|hardly|vary|varies|come|comes|need|needs)\b[^:]*?\s+and\s+)?"
)


def _never_form(match: re.Match[str]) -> Meaning:
    return never(match["what"])


def _no_store(match: re.Match[str]) -> Meaning:
    return never(match["what"], http=True)


def _cache_form(match: re.Match[str]) -> Meaning:
    if len(match["what"].split()) > 1 and match["what"].istitle():
        return Meaning(unclear="reads like a title")
    if _SELF.fullmatch(match["what"].strip()):
        return Meaning(unclear="names no data of its own")
    said = attributes((match["how"] or "").strip(" -,"))
    found = cached(entities(match["what"]), said)
    return Meaning(unclear=f"what `{found.left}` means is unclear") if hides_condition(found.left) else found


def _limit_form(match: re.Match[str]) -> Meaning:
    """A sentence whose object has a duration, and nothing else."""
    return cached(entities(match["what"]), attributes(match["how"]))


def _strategy_form(match: re.Match[str]) -> Meaning:
    bare = re.sub(r"\s*\([^()]*\)$", "", match["what"])
    inner = match["what"][len(bare) :].strip(" ()")
    said = attributes(", ".join(part for part in (match["strategy"], inner) if part))
    return cached(entities(bare), said)


def _dashed(match: re.Match[str]) -> Meaning:
    """ "Products - 1 hour - invalidated on save"."""
    return cached(entities(match["what"]), attributes(re.sub(r"\s+-\s+", ", ", match["how"])))


def _one_by_one(match: re.Match[str]) -> Meaning:
    """ "cache product lists for 5 minutes and product details for 1 hour"."""
    pairs = re.findall(rf"(.+?) (for {DURATION})(?:,? and |, |$)", match["pairs"], re.IGNORECASE)
    found = [cached(entities(what), attributes(how)) for what, how in pairs]
    unclear = next((each.unclear for each in found if each.unclear), "")
    return Meaning(unclear=unclear) if unclear else Meaning(tuple(said for each in found for said in each.statements))


def _dropped(match: re.Match[str]) -> Meaning:
    what = re.sub(r"\s+(?:caches?|entry|entries|keys?)$", "", match["what"].replace(" cache", ""))
    what = re.sub(r"['\u2019]s$", "", what)
    lasts = re.fullmatch(rf"after ({DURATION})", match["when"].strip(), re.IGNORECASE)
    if _GENERAL.fullmatch(what) or _STATE.fullmatch(what):
        return Meaning(unclear="names no data of its own")
    named = entities(what)
    if lasts:
        return cached(named, Attributes(ttl=seconds(lasts[1])))
    if named.unclear or not named.names:
        return Meaning(unclear=named.unclear or "names nothing")
    return Meaning(tuple(Caches(subject=name, triggers=(match["when"].strip(),)) for name in named.names))


def _stale_form(match: re.Match[str]) -> Meaning:
    amount = seconds(match["limit"])
    if amount is None:
        return Meaning(unclear="its duration is unclear")
    what = match.groupdict().get("what") or ""
    if not what or _GENERAL.fullmatch(what.strip()):
        return Meaning((Tolerates(seconds=amount),))
    return cached(entities(what), Attributes(stale=amount))


STALE = (
    form(
        "stale out_of_date outdated old behind",
        rf"^(?P<what>[^:]+?)\s+{MUST}\s+(?:be\s+)?(?:up to\s+|at most\s+)?(?:{DURATION}\s+)?"
        rf"(?:be\s+)?(?:stale|out of date|outdated|old|behind)"
        rf"(?:\s+(?:for|by))?(?:\s+(?:up to|at most|no more than))?\s+(?P<limit>{DURATION})$",
        _stale_form,
    ),
    form(
        "stale out_of_date outdated old behind",
        rf"^(?P<what>[^:]+?)\s+{MUST}\s+be\s+(?:up to\s+|at most\s+)?(?P<limit>{DURATION})\s+"
        r"(?:stale|out of date|outdated|old|behind)$",
        _stale_form,
    ),
    form(
        "stale",
        rf"\bstale(?:ness)?\b[- ]?(?:tolerance|budget|limit|reads?|data)?\s*(?:(?:is|are"
        rf"|of|:|=|<=?|up to|at most|may be|can be|for|allowed|accepted|ok"
        rf"|older than)\s*)*(?P<limit>{DURATION})(?:\s+(?:is|are)?\s*(?:ok|fine|okay"
        rf"|allowed|acceptable|old|everywhere))*$",
        _stale_form,
    ),
    form(
        "stale",
        rf"^(?:we )?(?:tolerate|accept|allow)s?\b.*?(?P<limit>{DURATION}) (?:of )?stale(?:ness)?\b.*$",
        _stale_form,
    ),
)
NEVER = (
    form(
        "no-store",
        r"^(?P<what>[^:]+?)\s+(?:must |should |shall |always )?(?:carry|carries|send|sends|have|has|set|sets"
        r"|return|returns"
        r"|get|gets|use|uses|are sent with|is sent with|are marked|is marked)\b.*\bno-store\b[`'\"]?$",
        _no_store,
    ),
    form(
        "cach",
        r"^(?:please )?(?:never|do not|don't|dont|must not|avoid"
        r"|no)\s+(?:ever )?cach(?:e|ing)\b(?:\s+(?:of|for))?\s*[:-]?\s+(?P<what>.+)$",
        _never_form,
    ),
    form(
        "cache",
        r"^(?:\w+ ){1,3}(?:must|should|shall|may|can|do|does)\s*(?:not|never|n't)\s+(?:ever )?cache\s+(?P<what>.+)$",
        _never_form,
    ),
    form(
        "cache redis valkey",
        r"^(?:please )?(?:never|do not|don't|dont|must not|avoid)\s+(?:ever )?(?:stor(?:e|ing)|keep(?:ing)?"
        r"|put(?:ting)?"
        rf"|hold(?:ing)?|sav(?:e|ing)|plac(?:e|ing))\s+(?P<what>.+?)\s+{IN_CACHE}$",
        _never_form,
    ),
    form(
        "cached cacheable",
        rf"^(?P<what>[^:]+?)\s+{_FIRST}{MUST_NOT}\s*(?:ever )?(?:be )?cach(?:ed|eable){_END}",
        _never_form,
    ),
    form(
        "cache redis valkey",
        rf"^(?P<what>[^:]+?)\s+{_FIRST}{MUST_NOT}\s*(?:ever )?(?:be )?(?:stored|kept|put|held|saved|written|placed)\s+"
        rf"{IN_CACHE}{_END}",
        _never_form,
    ),
    form(
        "out_of outside_of outside",
        rf"^(?:keep\s+)?(?P<what>[^:]+?)\s+(?:{MUST}\s+)?(?:stays?|is|are|is kept|are kept|be kept|stay"
        rf"|belongs?|remain)?\s*"
        rf"(?:out|outside)(?: of)? (?:the |any |every |our )?(?:\w+ )?{CACHE}{_END}",
        _never_form,
    ),
    form(
        "always fresh directly live straight",
        rf"^(?!.*\b(?:miss\w*|errors?|fail\w*|down|outages?|unavailable|fall\w*)\b)(?P<what>[^:,]+?)\s+{_FIRST}"
        r"(?:(?:must|should|shall|has to|have to|needs? to)\s+(?:always\s+)?be|(?:is|are)\s+always)\s+(?:always\s+)?"
        r"(?:read|fetched|loaded|queried|taken|served)\s+(?:fresh|(?:live |fresh |directly |straight )?from (?:the )?"
        r"(?:primary |main )?(?:database|db|postgres(?:ql)?|mysql|source))$",
        _never_form,
    ),
    form("never_cached", rf"^(?P<what>[^:]+?)\s+{_FIRST}(?:are|is) never cached{_END}", _never_form),
)
CACHED = (
    form(
        "invalidate purge evict clear bust drop delete flush",
        r"^(?:invalidate|purge|evict|clear|bust|drop|delete"
        r"|flush)\s+(?:the\s+)?(?P<what>(?!(?:on|when|after|by|it|them"
        r"|immediately)\b)[^,.:]+?)\s+(?P<when>(?:on|upon|when(?:ever)?|after|at|from"
        r"|via)\s+.+)$",
        _dropped,
    ),
    form(
        "cache",
        rf"^(?:we |please |always )*cache\s+(?P<pairs>{_NO_DATA}[^:,]+? for {DURATION}"
        rf"(?:(?:,? and |, )(?!for\b)[^:,]+? for {DURATION})+)$",
        _one_by_one,
    ),
    form(
        "cache",
        rf"^(?:we |please |always )*cache\s+(?P<what>{_NO_DATA}[^:]+?)(?P<how>{_HOW}.*)$",
        _cache_form,
    ),
    form(
        "cached",
        rf"^(?P<what>[^:]+?)\s+{_FIRST}(?:is|are|get|gets|{MUST} be)\s+cached\b\s*(?P<how>.*)$",
        _cache_form,
    ),
    form(
        "live stay kept stored held",
        rf"^(?P<what>[^:]+?)\s+(?:lives?|stays?|(?:is|are) (?:kept|stored|held))\s+(?P<how>{IN_CACHE}\b.*)$",
        _cache_form,
    ),
    form(
        "keep store hold remember",
        rf"^(?:keep|store|hold|remember)\s+(?P<what>[^:]+?)\s+(?:{IN_CACHE}\s+)?(?P<how>for\s+(?:up to\s+|at most\s+)?"
        rf"{DURATION})(?:\s+{IN_CACHE})?$",
        _limit_form,
    ),
    form(
        "ttl lifetime expiry",
        rf"^(?:the )?(?:ttl|lifetime|expiry) (?:of|for) (?P<what>[^:]+?)\s*(?:is|:|=)\s*(?P<how>{DURATION})$",
        _limit_form,
    ),
    form(
        "expire live",
        rf"^(?P<what>[^:]+?)\s+(?:expires?|lives?)\s+(?P<how>(?:after|in|for)\s+{DURATION}.*)$",
        _cache_form,
    ),
    form(
        "cache",
        r"^(?:we |please |always )*cache\s+"
        rf"(?P<what>{_NO_DATA}[^:]+)(?P<how>)$",
        _cache_form,
    ),
    form(
        "cache-aside cache_aside read-through write-through write-behind write-back",
        r"^(?:use |always use |prefer )?(?P<strategy>cache[- ]aside|read[- ]through|write[- ](?:through"
        r"|behind|back))\s+"
        r"for\s+(?:reads of |writes of )?(?P<what>[^:]+)$",
        _strategy_form,
    ),
    form("_-_", rf"^(?P<what>[^-:,]+?)\s+-\s+(?P<how>{DURATION}(?:\s+-\s.*)?)$", _dashed),
    form(
        "invalidated purged evicted cleared busted dropped deleted flushed removed refreshed",
        rf"^(?P<what>[^,:]+?)\s+(?:{MUST}\s+be|is|are|gets?)\s+(?:always )?{_DROPPED}\s+(?P<when>{_WHEN}\b.+)$",
        _dropped,
    ),
)
