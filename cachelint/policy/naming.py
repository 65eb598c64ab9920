"""Lists of entities as policies write them: "orders, payments in flight and invoices (drafts too)"."""

from __future__ import annotations

import re

import msgspec

from cachelint.policy.durations import DURATION

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
_PRONOUN = re.compile(r"(?:any|every|some)thing\b|things?\b|whatever\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"^(?:anything|everything|all data|any data)\s+(?:about|around|concerning|involving|(?:related|relating) to"
    r"|to do with|that (?:concerns|touches|involves))\s+"
    r"(?!(?:the )?(?:current|logged|signed|asking|one|each|single)\b)(?=\w)",
    re.IGNORECASE,
)
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
        if _is_abstract(head) and examples(inner):
            # "Anything about money (invoices, refunds)": what stands in brackets is what is meant.
            names.extend(examples(inner))
            continue
        head = _WHOLE.sub("", head)
        if _is_abstract(head):
            return Entities(abstract=True)
        why = why_no_entity(head)
        if why:
            return Entities(unclear=why)
        names.append(cleaned(head))
        names.extend(examples(inner))
    return Entities(tuple(dict.fromkeys(names)), exceptions)


def _is_abstract(head: str) -> bool:
    """Whether a phrase describes data instead of naming it: "anything per user", "data that changes"."""
    says_more = _VERBS.search(head) or len(head.split()) == 1
    return _ABSTRACT.match(head) is not None and bool(says_more or (_PRONOUN.match(head) and _NARROWING.search(head)))


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
    text = _METHOD.sub("", cleaned(text) if _CODED.fullmatch(text.strip()) else text)
    bare = _DROPPED.sub("", text.strip("` ")).strip()
    if not bare or not re.search(r"[A-Za-z]", bare):
        return "names nothing"
    if re.match(r"(?:POST|PUT|PATCH|DELETE)\b", bare):
        return "is about requests that nobody caches"
    if bare.startswith("/") or re.fullmatch(r"[\w.:{}*/-]+", bare):
        return ""
    found = CONDITIONS.search(bare) or _VERBS.search(bare) or _NARROWING.search(bare)
    if found:
        return f"`{found[0].strip()}` limits or adds something that cachelint cannot take into account"
    if re.search(r"[=<>{}\"?!;:]", bare) or re.search(DURATION, bare, re.IGNORECASE):
        return "is more than the name of a kind of data"
    return "is too long for a name" if len(bare.split()) > ENTITY_WORDS else ""


# "`Refund` rows", "`/me` responses": what code calls it says enough.
_CODED = re.compile(
    r"(?:the |all |any )?`([^`]+)`\s+(?:rows?|objects?|records?|instances?|models?|data|entities|entries|responses?"
    r"|routes?|endpoints?|pages?|tables?)",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """An entity without articles and remarks; "status of payments" is payment status."""
    coded = _CODED.fullmatch(text.strip())
    if coded:
        return coded[1]
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
    is_word = len(found) == 1 and " " not in found[0]
    is_remark = is_word and ((found[0].islower() and not found[0].endswith("s")) or found[0].isupper())
    return [] if is_remark and not _EXAMPLES.match(text) else found


# A path, or an endpoint: "GET /api/products". Its slashes separate no names.
_PATH = re.compile(r"\s`?/\w")


def split_list(text: str) -> list[str]:
    """The parts of "a, b and c / d"; commas inside parentheses, code and numbers do not count."""
    parts: list[str] = []
    for clause in clauses(text):
        pieces = re.split(r"\s+(?:and|or|&|und|oder|plus)\s+|\s+/\s+|(?<=[a-z])/(?=[a-z])(?![^`]*`$)", clause)
        if clause.startswith(("/", "`")) or "(" in clause or _PATH.search(clause):
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
