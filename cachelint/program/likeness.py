"""Whether two things that following found out are the same but for where they are written in code that was edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

import msgspec

from cachelint.program.values import Place

# Whether a place is known to be some kind of place: then it is more than where something is.
IsMarked = Callable[[Place], bool]


class Likeness:
    """Compares what was with what is. A place that is not there any more (one before its file) is like any in the same
    file, as long as both or neither of them are marked. `moved` tells where places of old code are now, where that is
    not done yet."""

    def __init__(self, is_marked: IsMarked, moved: Callable[[Place], Place] | None = None) -> None:
        self._is_marked, self._moved = is_marked, moved

    def all_alike(self, old: Sequence[object], new: Sequence[object]) -> bool:
        """Whether two lists of records are alike, one by one."""
        return len(old) == len(new) and all(map(self.fields_alike, old, new))

    def fields_alike(self, old: object, new: object) -> bool:
        """Whether two records with slots are alike."""
        names: tuple[str, ...] = old.__slots__  # type: ignore[attr-defined]
        return all(self.alike(getattr(old, name), getattr(new, name)) for name in names)

    def alike(self, old: Any, new: Any) -> bool:
        """Whether two values are."""
        if old is new:
            return True
        if type(old) is not type(new):
            return False
        if isinstance(old, Place):
            return old == new or self._is_moved(old, new)
        if isinstance(old, msgspec.Struct):
            return old == new or all(self.alike(getattr(old, n), getattr(new, n)) for n in old.__struct_fields__)
        if isinstance(old, (tuple, list)):
            return len(old) == len(new) and all(map(self.alike, old, new))
        if isinstance(old, Set):
            return self._sets_alike(old - new, new - old)
        if isinstance(old, Mapping):
            return old.keys() == new.keys() and all(self.alike(each, new[key]) for key, each in old.items())
        return bool(old == new)

    def _is_moved(self, old: Place, new: Place) -> bool:
        if self._moved is not None and old.path == new.path:
            old = self._moved(old)
        is_same_file = old.path == new.path and old.at < 0 <= new.at
        return old == new or (is_same_file and self._is_marked(old) == self._is_marked(new))

    def _sets_alike(self, old: Iterable[object], new: Iterable[object]) -> bool:
        left = list(new)
        for each in old:
            match = next((i for i, other in enumerate(left) if self.alike(each, other)), None)
            if match is None:
                return False
            del left[match]
        return not left
