"""Following all functions of a project, round after round."""

from __future__ import annotations

from cachelint.program.effects import Summary
from cachelint.program.interpreter import Interpreter
from cachelint.program.symbols import FunctionSymbol

# Calls between functions that differ in their parameters' types are followed this often.
ROUNDS = 4


def follow_all(interpreter: Interpreter) -> list[Summary]:
    """Follow every function until the call sites teach nothing new about parameters."""
    summaries = all_summaries(interpreter)
    interpreter.follow_again()
    for _ in range(ROUNDS - 1):
        if not interpreter.learning.learn_parameters(summaries):
            break
        summaries = all_summaries(interpreter)
        interpreter.follow_again()
    return all_summaries(interpreter)


def all_summaries(interpreter: Interpreter) -> list[Summary]:
    """What all functions and the top levels of all modules do, in the order of files."""
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
