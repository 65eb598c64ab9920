"""In which form values are stored, beside the form that the policy demands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from cachelint.policy.model import Decision, Serializes
from cachelint.program.effects import Event
from cachelint.program.values import Place, Value
from cachelint.program.writes import View, at_call, from_callers, is_write
from cachelint.vocabulary import PICKLED

if TYPE_CHECKING:
    from cachelint.program import Program


class Pickled(msgspec.Struct, frozen=True):
    """A cache write whose value is pickled, though `decision` demands another form. `way` leads to the write."""

    event: Event
    place: Place
    decision: Decision
    way: tuple[tuple[Place, str], ...]


def pickled_values(program: Program) -> Iterator[Pickled]:
    """Every write of a pickled value where the policy demands another form, once per place."""
    seen: set[Place] = set()
    for event in program.cache_events:
        decision = _demanded(program, event.place.path)
        if decision is None or not is_write(event) or program.is_bounded(event) or program.is_store(event):
            continue
        for found in _of_view(program, at_call(event), decision):
            if found.place not in seen:
                seen.add(found.place)
                yield found


def _demanded(program: Program, path: str) -> Decision | None:
    """The line that demands a form other than pickle; None when there is none."""
    said = program.decided.said(path, Serializes)
    return said[1] if said is not None and said[0].form != "pickle" else None


def _of_view(program: Program, view: View, decision: Decision) -> Iterator[Pickled]:
    if program.is_store_at(view):
        return
    if _is_pickled(view.value):
        way = (*view.way, (view.event.place, "stored here")) if view.way else ()
        yield Pickled(view.event, view.place, decision, way)
        return
    for outer in from_callers(program, view):
        yield from _of_view(program, outer, decision)


def _is_pickled(value: Value) -> bool:
    """Whether a value, or one of the values of a mapping of entries, is surely what a pickling call gave."""
    values = [value, *(item for _, item in value.items or ())]
    return any(
        each.things and all(thing.type == PICKLED for thing in each.instances()) and each.instances() for each in values
    )
