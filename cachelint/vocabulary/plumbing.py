"""Rows about all else that carries data on: callbacks, wrappers, configuration, logs."""

from __future__ import annotations

from cachelint.vocabulary.row import Row

# The type of what a pickling call gives: bytes that only this Python code can read back.
PICKLED = "pickle.Pickled"


class Invokes(Row, frozen=True, kw_only=True, tag=True):
    """A call that runs the callable passed as `function` now, with the remaining arguments, and gives its result:
    run_in_threadpool(f, x), sync_to_async(f)(x) (`gives`="callable"). `deferred` True when it runs later, outside the
    request (background tasks, Thread, on_commit): errors there do not fail the request."""

    on: str
    names: str
    params: str = ""
    function: str = "function"
    deferred: bool = False
    gives: str = "result"


class Shelf(Row, frozen=True, kw_only=True, tag=True):
    """An object on which projects keep things of their own for other files to find: `app.state.redis = client`,
    `app["redis"] = client`. `names` are what code calls that object, all of them the same one."""

    names: str


class Passes(Row, frozen=True, kw_only=True, tag=True):
    """A call whose result carries the data of an argument: json.dumps(x), dict(x), model_to_dict(x), list(x), copy(x).
    `argument` names it, "*" all; `gives` "" or "argument:NAME" when the type travels too. `as_text`: the result is text
    made of everything the argument holds."""

    on: str
    names: str
    params: str = ""
    argument: str = "*"
    gives: str = ""
    as_text: bool = False


class Configures(Row, frozen=True, kw_only=True, tag=True):
    """A call that sets options of clients of these types after they were made: `cache.setup(url, suppress=False)`."""

    on: str
    names: str
    params: str = ""
    options: str = ""


class LimitsTime(Row, frozen=True, kw_only=True, tag=True):
    """A call that adds a timeout error to what the awaited calls in its arguments raise: asyncio.wait_for."""

    on: str
    names: str
    raises: str
    params: str = ""


class ValidatedFields(Row, frozen=True, kw_only=True, tag=True):
    """A mapping of validated values by field: `form.cleaned_data`. Its items are the class attributes made by calls;
    those of the field classes named in `raw` stay free text, all others are limited by their type; `bounded` names
    those with a finite set of values."""

    on: str
    names: str
    kind: str
    raw: str
    bounded: str = ""


class Suppresses(Row, frozen=True, kw_only=True, tag=True):
    """A context manager that swallows the exceptions passed to it: contextlib.suppress."""

    on: str
    names: str


class Logs(Row, frozen=True, kw_only=True, tag=True):
    """A call that reports a problem to people: logger.exception, sentry_sdk.capture_exception, metrics."""

    on: str
    names: str
