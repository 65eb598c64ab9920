"""Following all functions of a project, round after round."""

from __future__ import annotations

from cachelint.program.effects import Summary
from cachelint.program.focus import Focus
from cachelint.program.interpreter import Interpreter
from cachelint.program.symbols import FunctionSymbol

# Calls between functions that differ in their parameters' types are followed this often.
ROUNDS = 4


def follow_all(interpreter: Interpreter, focus: Focus | None) -> list[Summary]:
    """Follow every function, or those in focus, until the call sites teach nothing new about parameters."""
    summaries = all_summaries(interpreter, focus)
    interpreter.follow_again()
    may_learn = focus.may_learn if focus is not None else lambda function: True
    for _ in range(ROUNDS - 1):
        if not interpreter.learning.learn_parameters(summaries, may_learn):
            break
        summaries = all_summaries(interpreter, focus)
        interpreter.follow_again()
    return all_summaries(interpreter, focus)


def all_summaries(interpreter: Interpreter, focus: Focus | None = None) -> list[Summary]:
    """What all functions and the top levels of all modules do, or those in focus, in the order of files."""
    if focus is not None:
        return _focused_summaries(interpreter, focus)
    found = []
    for module in interpreter.modules:
        found.append(interpreter.module_summary(module))
        found.extend(interpreter.summary(function) for function in module.functions)
    met: set[FunctionSymbol] = set()
    while more := [function for function in interpreter.variants if function not in met]:
        # Following one may meet further ones.
        met.update(more)
        found.extend(interpreter.summary(function) for function in more)
    return found


def _focused_summaries(interpreter: Interpreter, focus: Focus) -> list[Summary]:
    """What the functions in focus do, and whatever they led to."""
    found = []
    for module in interpreter.modules:
        wanted = [function for function in module.functions if focus.wants(function)]
        if wanted:
            found.append(interpreter.module_summary(module))
        for function in wanted:
            interpreter.summary(function)
    led_to = sorted(interpreter.summaries, key=lambda function: function.order)
    return [*found, *(interpreter.summaries[function] for function in led_to)]
