"""Which question each event of Claude Code asks. Cheap questions come first; nothing here imports the analysis."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from cachelint.hook.contract import SILENCE, Call, NoVerdictError, Options, Verdict
from cachelint.hook.gate import is_left_out, project_of, says_the_same

if TYPE_CHECKING:
    from collections.abc import Callable

    from cachelint.hook.edits import Edit

WRITERS = ("Write", "Edit", "MultiEdit")

# PATH_MAX on Linux; no other system takes more.
LONGEST_PATH = 4096


def answer(call: Call, options: Options) -> Verdict:
    """The verdict on a call. Raises NoVerdictError when there is none."""
    if call.event == "PreToolUse":
        target = _target(call)
        return _judged(call, options, target, _planned(call, target.path)) if target else SILENCE
    if call.event == "PostToolUse" and call.tool in WRITERS:
        target = _target(call)
        return _judged(call, options, target, _done(call, target.path)) if target else SILENCE
    if call.event in ("PostToolUse", "Stop", "SubagentStop", "SessionStart"):
        return _about_session(call, options)
    return SILENCE


class Target(NamedTuple):
    """The file that a call writes, and its project; both absolute."""

    path: str
    project: str


def _target(call: Call) -> Target | None:
    """The file a call writes, None when its findings could not matter. Notebooks are not read by any rule."""
    if call.tool not in WRITERS:
        return None
    said = call.input.get("file_path")
    if not isinstance(said, str) or not said or "\0" in said:
        raise NoVerdictError(f"the {call.tool} call names no file")
    if not said.endswith(".py"):
        return None
    path = os.path.abspath(os.path.join(call.cwd, said))
    if len(path) > LONGEST_PATH:
        raise NoVerdictError("the name of the file is longer than a system takes")
    project = project_of(os.path.dirname(path), call.cwd or os.getcwd())
    return None if project is None or is_left_out(path, project) else Target(path, project)


def _planned(call: Call, path: str) -> Edit:
    from cachelint.hook.edits import planned

    return planned(call.tool, call.input, path)


def _done(call: Call, path: str) -> Edit:
    """A write that has happened, as its response tells it."""
    from cachelint.hook.edits import Edit, read_file

    before, after = call.response.get("originalFile"), read_file(path)
    is_new = call.response.get("type") == "create" or call.input.get("old_string") == ""
    if after is None or not (is_new or isinstance(before, str)):
        raise NoVerdictError(f"what {path} held before or holds now is unknown")
    return Edit(before.encode("utf-8", "replace") if isinstance(before, str) else None, after)


def _judged(call: Call, options: Options, target: Target, edit: Edit) -> Verdict:
    if says_the_same(edit.before, edit.after):
        return SILENCE

    def work() -> Verdict:
        from cachelint.facts import ahead

        # The parser is imported beside everything that is imported and read here.
        ahead.start()
        try:
            from cachelint.hook.judgement import judge

            return judge(call.event, target, edit, options.budget)
        finally:
            ahead.stop()

    return _guarded(work, options, target.project)


def _about_session(call: Call, options: Options) -> Verdict:
    folder = call.cwd or os.getcwd()
    project = project_of(folder, folder)
    if project is None or "\0" in folder:
        return SILENCE

    def work() -> Verdict:
        from cachelint.hook import session

        return session.answer(call, project, options.budget)

    return _guarded(work, options, project)


def _guarded(work: Callable[[], Verdict], options: Options, project: str) -> Verdict:
    from cachelint.hook.guard import TooLongError, guarded

    try:
        return guarded(work, options.budget, options.fail_closed)
    except TooLongError as error:
        from cachelint.hook.warming import warm

        if not warm(project):
            raise
        raise NoVerdictError(f"{error}; a check in the background prepares the next answer") from None
