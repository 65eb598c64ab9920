"""Key templates as the callers of a function complete them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from cachelint.program.effects import Event
from cachelint.program.flow import parameter_in
from cachelint.program.substitution import substitute
from cachelint.program.values import Gap, Value

if TYPE_CHECKING:
    from cachelint.program import Program

# Functions that all call one another complete a template in more ways than there is time for.
COMPLETIONS = 500


def full_templates(program: Program, event: Event, limit: int = 12) -> list[str]:
    """The key templates of a cache call as its callers complete them."""
    key = event.key
    if key is None:
        return []
    found: dict[str, None] = {}
    for template in islice(_completed(program, key, 0), COMPLETIONS):
        found[template] = None
        if len(found) == limit:
            break
    return list(found)


def _completed(program: Program, key: Value, depth: int) -> Iterator[str]:
    direct = [o for o in key.origins if o.kind == "parameter" and o.direct]
    if key.text is not None and not (len(key.text.parts) == 1 and isinstance(key.text.parts[0], Gap)):
        passed_on = [p for p in key.text.parts if isinstance(p, Gap) and any(o.direct for o in p.value.origins)]
        if not passed_on or depth > 5:
            yield str(key.text)
            return
        yield from _completed_gap(program, key, passed_on[0], depth)
        return
    if not direct or depth > 5:
        yield str(key.text) if key.text is not None else ""
        return
    found = False
    for origin in direct:
        function, name = parameter_in(origin)
        for edge in program.graph.callers.get(function, ()):
            argument = edge.arguments.get(name)
            if argument is not None:
                found = True
                yield from _completed(program, argument, depth + 1)
    if not found:
        yield ""


def _completed_gap(program: Program, key: Value, gap: Gap, depth: int) -> Iterator[str]:
    text = str(key.text)
    found = False
    for origin in gap.value.origins:
        if origin.kind != "parameter" or not isinstance(origin.what, tuple) or not origin.direct:
            continue
        function = origin.what[0]
        for edge in program.graph.callers.get(function, ()):
            filled = substitute(key, function, edge.arguments)
            if filled.text is not None and str(filled.text) != text:
                found = True
                yield from _completed(program, filled, depth + 1)
    if not found:
        yield text
