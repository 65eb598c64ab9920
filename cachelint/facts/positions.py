"""Where every node of a libcst tree stands, from one run of libcst's own code generation.

Only the pieces of code are collected; the places are indexes into them, turned into offsets at the end.
That is several times faster than libcst's PositionProvider, which counts lines and columns piece by piece.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import cast

from libcst._nodes.internal import CodegenState

from cachelint.facts.errors import FactsError
from cachelint.facts.nodes import Comment, CSTNode, Module


class Positions:
    """Offsets of nodes: `spans[id(node)]` are two indexes into `offsets`. `comments` are (offset, text)."""

    __slots__ = ("comments", "offsets", "spans")

    def __init__(self, spans: dict[int, tuple[int, int]], offsets: list[int], comments: list[tuple[int, str]]) -> None:
        self.spans = spans
        self.offsets = offsets
        self.comments = comments


def locate(module: Module, text: str) -> Positions:
    """Positions of a module parsed from `text`; comments only if the text mentions cachelint."""
    recorder = _CommentRecorder(module) if "cachelint" in text else _Recorder(module)
    module._codegen(cast(CodegenState, recorder))
    offsets = list(accumulate(map(len, recorder.tokens), initial=0))
    if offsets[-1] != len(text):
        offsets = _realign("".join(recorder.tokens), text, offsets)
    comments = [(offsets[index], comment) for index, comment in recorder.comments]
    return Positions(recorder.spans, offsets, comments)


def code_length(module: Module, node: CSTNode) -> int:
    """Number of characters of a node's code, its own whitespace and parentheses included."""
    recorder = _Recorder(module)
    node._codegen(cast(CodegenState, recorder))
    return sum(map(len, recorder.tokens))


class _Recorder:
    """What libcst's code generation calls: appends the pieces and notes where nodes begin and end."""

    def __init__(self, module: Module) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.indent_tokens: list[str] = []
        self.tokens: list[str] = []
        self.spans: dict[int, tuple[int, int]] = {}
        self.comments: list[tuple[int, str]] = []
        self._open: list[tuple[int, int, CSTNode | None]] = []
        # Called for every node: builtins, because a Python function here would double the cost of the pass.
        self.add_token = self.tokens.append
        self.after_codegen = callable
        self.before_codegen = callable

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)

    def decrease_indent(self) -> None:
        self.indent_tokens.pop()

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)

    def pop_trailing_newline(self) -> None:
        if self.tokens:
            # Indexes noted before must stay valid, so the piece is emptied rather than removed.
            self.tokens[-1] = ""

    def record_syntactic_position(
        self, node: CSTNode, *, start_node: CSTNode | None = None, end_node: CSTNode | None = None
    ) -> _Recorder:
        self._open.append((id(node), len(self.tokens), end_node))
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        key, start, end_node = self._open.pop()
        # An end node without a recorded place is the last thing written (a closing parenthesis, a star).
        end = self.spans.get(id(end_node)) if end_node is not None else None
        self.spans[key] = (start, len(self.tokens) if end is None else end[1])


class _CommentRecorder(_Recorder):
    def __init__(self, module: Module) -> None:
        super().__init__(module)
        self.before_codegen = self._note_comment  # type: ignore[assignment]

    def _note_comment(self, node: CSTNode) -> None:
        if type(node) is Comment and "cachelint" in node.value:
            self.comments.append((len(self.tokens), node.value))


def _realign(generated: str, text: str, offsets: list[int]) -> list[int]:
    """Offsets in the generated code -> offsets in the text.

    libcst forgets some whitespace: form feeds before a line's first word, blanks before `except`'s colon.
    """
    starts, shifts = [0], [0]
    read = 0
    for written, character in enumerate(generated):
        while read < len(text) and text[read] != character and text[read] in " \t\f\\\r\n":
            read += 1
        if text[read : read + 1] != character:
            raise FactsError("libcst does not reproduce this line", generated.count("\n", 0, written) + 1)
        if read - written != shifts[-1]:
            starts.append(written)
            shifts.append(read - written)
        read += 1
    return [offset + shifts[bisect_right(starts, offset) - 1] for offset in offsets]
