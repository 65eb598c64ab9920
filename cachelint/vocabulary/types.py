"""Rows about classes: what they are, what calls and attributes give, how models lead to each other."""

from __future__ import annotations

from cachelint.vocabulary.row import Row


class Type(Row, frozen=True, kw_only=True, tag=True):
    """A class of the library.

    `name` is its canonical dotted name, `aliases` other import paths of the same class (space separated), `bases`
    types whose rows apply too. Calling the class gives an instance; `call_params` names constructor parameters that
    later rows refer to as options. `evaluates` lists what runs the query of a lazy value: "iterate", "len", "bool",
    "index", "slice", "await", "string". `shape` is what an evaluation reads ("rows", "row", "aggregate").
    `binds_owner` marks a type whose instances, read as a class attribute, take that class as element (managers).
    `model` marks the base of mapped classes: a subclass is an entity. `class_call` False: calling it is no instance.
    `receiver_names`: variable or attribute names by which an *unresolved* receiver may be taken for this type, at
    lower confidence; `name_evidence`: it needs the file or project to import one of these packages. `bounded` marks a
    cache in this process or on this disk that limits its own size, so that entries leave it even without a TTL.
    """

    name: str
    aliases: str = ""
    bases: str = ""
    call_params: str = ""
    evaluates: str = ""
    shape: str = "rows"
    binds_owner: bool = False
    model: bool = False
    receiver_names: str = ""
    name_evidence: str = ""
    bounded: bool = False


class Obtains(Row, frozen=True, kw_only=True, tag=True):
    """How one gets a value that matters: reading an attribute, calling a function, taking an item.

    `how` is "value" (attribute or module variable), "call" or "item" (`caches["x"]`, `params` then names the index).
    `options` names parameters whose constant values become options of the client (see Outage.unless).
    """

    on: str
    names: str
    gives: str
    how: str = "call"
    params: str = ""
    of: str = "receiver"
    options: str = ""


class Relation(Row, frozen=True, kw_only=True, tag=True):
    """A field that points to another entity: ForeignKey(to, related_name=...), relationship("Order").

    On the declaring class the attribute is one object, or `many_type` when `many`; on the target the attribute
    `reverse` (parameter name of the explicit reverse name; "{model}_set" by default when `default_reverse`) is
    `reverse_type`.
    """

    on: str
    names: str
    params: str
    target: str
    reverse: str = ""
    many_type: str = ""
    reverse_type: str = ""
    default_reverse: str = ""
