"""What has changed in a file: the quick look at both of its ends never says more than the slow one."""

from __future__ import annotations

import random

from test_pieces import SOURCE, edited, whole

from cachelint.files import SourceFile
from cachelint.program.changes import Change, _Code, _Ends
from cachelint.program.symbols import ModuleSymbol
from cachelint.program.values import Place


def test_functions_at_the_ends_of_a_file_are_the_same_code() -> None:
    choose = random.Random(2)
    before = whole(SOURCE.encode())
    held = 0
    assert before is not None
    for _ in range(150):
        after = whole(edited(SOURCE, choose).encode())
        if after is None:
            continue
        old, new = (ModuleSymbol(SourceFile("a.py", "a", False, ""), facts) for facts in (before, after))
        ends, code = _Ends(before, after), _Code(before, after)
        for one in old.functions:
            for other in new.functions:
                if one.parent is None and other.parent is None and ends.hold(one.index, other.index):
                    assert code.same(one.facts, other.facts, other.facts.at - one.facts.at)
                    held += 1
    assert held > 500


def test_symbols_of_which_only_the_place_is_known() -> None:
    facts = whole(SOURCE.encode())
    assert facts is not None
    module = ModuleSymbol(SourceFile("a.py", "a", False, ""), lambda: facts)
    function, class_ = module.function_at(1), module.class_at(0)
    assert not module.is_read
    assert function.facts is facts.functions[1]
    assert module.functions[1] is function
    assert module.classes[0] is class_
    assert class_.facts is facts.classes[0]
    assert module.function_at(2) is module.functions[2]
    assert module.class_at(1) is module.classes[1]
    assert not hasattr(module.function_at(0), "no such thing")


def test_a_sentence_in_an_attribute_is_no_name() -> None:
    hint, owner = 'ugettext("Write to us, we answer in %s hours.")', 'relation("app.Person", "owners")'
    source = f"class Texts:\n    hint = {hint}\n    owner = {owner}\n"
    old, new = (ModuleSymbol(SourceFile("a.py", "a", False, ""), whole(each.encode())) for each in _edited(source))
    assert Change(old, new, lambda packages: set()).names == {"hint", "owner", "Person", "owners", "People"}


def _edited(source: str) -> tuple[str, str]:
    return source, source.replace("%s hours", "%s days").replace("app.Person", "app.People")


def test_what_lies_behind_a_class_in_a_function_is_found_where_it_has_moved_to() -> None:
    source = "def one():\n    return 1\n\n\ndef two(a):\n    class Inner:\n        b = 1\n\n    return a.first()\n"
    edited_one = source.replace("return 1", "return 100")
    old, new = (ModuleSymbol(SourceFile("a.py", "a", False, ""), whole(s.encode())) for s in (source, edited_one))
    moved = Change(old, new, lambda packages: set()).moved
    at = source.index("a.first")
    assert moved.place(Place("a.py", at, at + 9)) == Place("a.py", at + 2, at + 11)
    at = source.index("b = 1")
    assert moved.place(Place("a.py", at, at + 5)) == Place("a.py", at + 2, at + 7)
    assert moved.place(Place("a.py", source.index("1"), source.index("1") + 1)).at < 0
