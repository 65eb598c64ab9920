"""Blocks -> the lines of the caching sections, each with the headings, lists and tables it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cachelint.policy.blocks import Block, Kind, Text, blocks, chunks
from cachelint.policy.headings import CACHING, OTHER, Mode, is_caching, mode_of, mode_within
from cachelint.policy.plain import plain

_TITLE = re.compile(r"[A-Z][^.;!?`{}|]*(?<![,.;:])")
_STARTS = re.compile(
    r"(?:[A-Z`/][^:.!?]{0,60}(?::\s|\s[-\u2013\u2014]\s)"
    r"|(?:Never|Do not|Don't|Cache|Always|Every|All|Keys?|TTLs?|No|Use|Invalidate|Treat|Only|Purge|Any|Each)\b)"
)


class Item(msgspec.Struct, frozen=True):
    """One logical line. `text` is plain words; `parents` are the lines it hangs on, outermost first; `mode` what the
    headings above it make of a bare word; `in_section` False for a line elsewhere that speaks of caching itself."""

    kind: Kind
    line: int
    end_line: int
    raw: str
    text: str
    section: tuple[str, ...] = ()
    mode: Mode = ""
    parents: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    in_section: bool = True
    level: int = 0
    is_parent: bool = False


class _Heading(msgspec.Struct, frozen=True):
    level: int
    title: str
    caching: bool
    mode: Mode


# Lines that are headings without a mark stand below all headings with one.
PLAIN = 7


def items(text: str) -> Iterator[Item]:
    """The lines of a document's caching sections, and those elsewhere that speak of caching, in order."""
    walk = _Walk()
    for first, chunk in chunks(text):
        title = chunk.split("\n", 1)[0]
        if walk.is_inside(title) or _speaks(chunk):
            found = list(walk.run(blocks(chunk, first), first))
            yield from sorted([*found, *walk.rest(found, first, chunk)], key=lambda item: item.line)
        else:
            walk.pass_over(title)


# What every word of CACHING holds: a quick look before the slow one.
_NEEDLES = ("cach", "redis", "valkey", "ttl", "cdn", "invalidation", "no-store", "stale")


def _speaks(text: str) -> bool:
    lowered = text.lower()
    return any(needle in lowered for needle in _NEEDLES) and CACHING.search(text) is not None


class _Walk:
    """Where in the document we are: the headings above, and the list items and leading line we hang on."""

    def __init__(self) -> None:
        self.headings: list[_Heading] = []
        self.parents: list[tuple[int, str]] = []
        self.marks: list[tuple[int, bool]] = []

    # ---------------------------------------------------------------------------------------------- headings

    def is_inside(self, title: str) -> bool:
        """Whether the section that a `#` heading opens would be about caching."""
        level = len(title) - len(title.lstrip("#"))
        return is_caching(title) or any(h.caching for h in self.headings if not level or h.level < level)

    def pass_over(self, title: str) -> None:
        if title.startswith("#"):
            self.open(len(title) - len(title.lstrip("#")), title.strip("# "), 0)

    def open(self, level: int, title: str, line: int) -> None:
        self.headings = [each for each in self.headings if each.level < level]
        inherited = self.caching
        caching = is_caching(title) or inherited or (mode_of(title) == "never" and not OTHER.search(title))
        mode = mode_within(title) if inherited else mode_of(title)
        self.headings.append(_Heading(level, title, caching, mode if caching else ""))
        self.parents = []
        self.marks.append((line, caching))

    @property
    def caching(self) -> bool:
        return bool(self.headings) and self.headings[-1].caching

    @property
    def mode(self) -> Mode:
        return next((each.mode for each in reversed(self.headings) if each.mode), "")

    # ------------------------------------------------------------------------------------------------ blocks

    def run(self, found: list[Block], first: int) -> Iterator[Item]:
        self.marks = [(first, self.caching)]
        for index, block in enumerate(found):
            following = found[index + 1] if index + 1 < len(found) else None
            if block.kind == "heading":
                yield from self._heading(block)
            elif block.kind in ("item", "paragraph"):
                yield from self._texts(block, following)
            elif block.kind == "row":
                yield from self._row(block)
            elif self.caching:
                text = "\n".join(each.text for each in block.texts)
                yield self._item(block.kind, block.line, block.end_line, text, block.level + 1)

    def rest(self, found: list[Item], first: int, chunk: str) -> Iterator[Item]:
        """The lines of caching sections that no block holds: rulers, link definitions, empty items."""
        held = {number for item in found for number in range(item.line, item.end_line + 1)}
        for number, line in enumerate(chunk.split("\n"), first):
            if line.strip() and number not in held and [mark for mark in self.marks if mark[0] <= number][-1][1]:
                yield self._item("comment", number, number, line.strip())

    def _heading(self, block: Block) -> Iterator[Item]:
        title = plain(" ".join(each.text for each in block.texts))
        self.open(block.level, title, block.line)
        if self.caching:
            yield self._item("heading", block.line, block.end_line, title)

    def _row(self, block: Block) -> Iterator[Item]:
        cells, columns = tuple(map(_cell, block.cells)), tuple(map(plain, block.columns))
        if self.caching or CACHING.search(" ".join((*columns, *cells))):
            yield msgspec.structs.replace(
                self._item("row", block.line, block.end_line, " | ".join(block.cells).strip()),
                cells=cells,
                columns=columns,
                in_section=self.caching,
            )

    def _texts(self, block: Block, following: Block | None) -> Iterator[Item]:
        level = block.level if block.kind == "item" else block.level + 1 if block.level else 0
        self.parents = [each for each in self.parents if each[0] < max(level, 1)]
        groups = list(_grouped(block))
        if not self.caching and block.kind == "item" and _is_silent(block):
            self.parents.append((level, ""))
            return
        for index, (group, is_heading) in enumerate(groups):
            is_last = index == len(groups) - 1
            text = plain(" ".join(each.text for each in group))
            first, last = group[0].line, group[-1].line
            leads = following is not None and following.kind in ("item", "row")
            followed = "item" if is_last and leads else "" if is_last else "text"
            if (block.kind == "paragraph" and not block.level) or is_heading:
                if self._is_title(group, text, followed):
                    yield from self._plain_heading(text, first, last)
                    continue
                if text.endswith(":") and is_last and not text.startswith("`"):
                    yield from self._leading(text, first, last)
                    continue
            kind: Kind = "item" if block.kind == "item" and index == 0 else "paragraph"
            is_parent = following is not None and following.kind == "item" and following.level > level > 0
            for item in self._line(kind, text, group, level):
                yield msgspec.structs.replace(item, is_parent=is_parent and is_last)
        if block.kind == "item":
            self.parents.append((level, plain(" ".join(each.text for each in groups[0][0]))))

    def _line(self, kind: Kind, text: str, group: list[Text], level: int) -> Iterator[Item]:
        raw = " ".join(each.text for each in group)
        item = self._item(kind, group[0].line, group[-1].line, raw, level, text)
        if self.caching:
            yield item
        elif CACHING.search(text) and not OTHER.search(" ".join((text, *item.section))):
            yield msgspec.structs.replace(item, in_section=False)

    # ---------------------------------------------------------------------------------------- plain headings

    def _is_title(self, group: list[Text], text: str, followed: str) -> bool:
        raw = group[0].text
        if len(group) != 1 or len(text.split()) > 9 or not _TITLE.fullmatch(text.strip()) or ": " in text:
            return False
        is_bold = re.fullmatch(r"\*\*[^*]+\*\*|__[^_]+__", raw.strip()) is not None
        about = is_caching(text) or mode_of(text) == "never"
        has_verb = re.match(r"(?:Never|Do not|Don't|Cache|Use|Always)\b.+\s\S+\s\S+\s\S", text) is not None
        if has_verb and followed != "item":
            return False
        return is_bold or followed == "item" or (about and followed == "text")

    def _plain_heading(self, text: str, first: int, last: int) -> Iterator[Item]:
        self.open(PLAIN, text, first)
        if self.caching:
            yield self._item("heading", first, last, text)

    def _leading(self, text: str, first: int, last: int) -> Iterator[Item]:
        """A line that ends in a colon: a heading where it opens a caching section, else what its list hangs on."""
        title = text.rstrip(": ")
        if (
            not self.caching
            or (is_caching(title) and len(title.split()) < 9)
            or mode_within(title) in ("never", "durable")
        ):
            self.open(PLAIN, title, first)
            if self.caching:
                yield self._item("heading", first, last, text)
        else:
            self.parents = [(0, text)]
            yield self._item("heading", first, last, text)

    def _item(self, kind: Kind, line: int, end_line: int, raw: str, level: int = 0, text: str | None = None) -> Item:
        return Item(
            kind=kind,
            line=line,
            end_line=end_line,
            raw=raw.strip(),
            text=raw if text is None else text,
            section=tuple(each.title for each in self.headings if each.title),
            mode=self.mode,
            parents=tuple(text for _, text in self.parents),
            level=level,
        )


def _is_silent(block: Block) -> bool:
    """Whether a list item outside of caching sections cannot matter: the quick answer for most lines of a guide."""
    return not any(each.lazy for each in block.texts) and not _speaks(" ".join(each.text for each in block.texts))


def _cell(text: str) -> str:
    """A cell's words; a lone tick or cross is a yes or a no."""
    mark = text.strip().rstrip("\ufe0f")
    return "yes" if mark in ("✅", "✓", "✔", "☑") else "no" if mark in ("❌", "✗", "✘", "✖", "🚫") else plain(text)


def _grouped(block: Block) -> Iterator[tuple[list[Text], bool]]:
    """The source lines of a block as logical lines; True for one that left its list item and may be a heading."""
    group: list[Text] = []
    has_left = False
    for text in block.texts:
        if not text.text:
            continue
        if group and _begins(block, group, text):
            yield group, has_left
            group = []
        has_left = text.lazy and not group
        group.append(text)
    if group:
        yield group, has_left


def _begins(block: Block, group: list[Text], text: Text) -> bool:
    """Whether a source line starts a logical line of its own."""
    before = group[-1].text.rstrip()
    if block.kind == "item" and not text.lazy:
        return False
    if not text.text[0].isupper() and not text.text.startswith(("`", "**", "/", "✅", "❌")):
        return False
    if before.endswith((",", " and", " or", "(")) or (block.kind == "item" and before.endswith(":")):
        return False
    is_title = len(text.text.split()) <= 8 and _TITLE.fullmatch(text.text) is not None
    if text.lazy:
        return is_title or _STARTS.match(text.text) is not None
    was_title = len(before.split()) <= 8 and _TITLE.fullmatch(before) is not None
    ended = before.endswith((".", ":", ";", "!", "?", "  "))
    return ended or was_title or is_title or _STARTS.match(text.text.replace("**", "")) is not None
