"""How long reading a CLAUDE.md of 200 kB takes: one like those people have, and one that holds nothing but rules.

    python benchmarks/policy.py

Prints milliseconds of processor time (minimum of ROUNDS). Budget: 50 ms for the first kind.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from cachelint.policy.reading import lines

ROUNDS = 5
SIZE = 200_000
CASES = Path(__file__).parent.parent / "tests" / "cases" / "policy"
GUIDE = """\
## Part {number}

- Build with `make build` and run the tests before pushing to main
- Never commit secrets; ask the platform people in the channel
- Keep functions short, name things after what they are, and write docstrings that say what goes in

We deploy on Tuesdays. The service talks to Postgres and Kafka. Orders are created in `orders/service.py` and flow on.

```python
def f(x):
    return x
```

"""


def rules() -> str:
    """The policies of the tests, as one caching section."""
    texts = [text for path in sorted(CASES.glob("*.md")) for text in _policies(path)]
    return "## Caching\n\n" + re.sub(r"(?m)^#+ ", "### ", "\n\n".join(texts)) + "\n"


def _policies(path: Path) -> list[str]:
    return re.findall(r"(?ms)^````md\n(.*?)^````$", path.read_text("utf-8"))


def guide(size: int = SIZE) -> str:
    """A guide of so many bytes, of which the last 5,000 are rules about caching."""
    parts = []
    while sum(map(len, parts)) < size - 5_000:
        parts.append(GUIDE.format(number=len(parts)))
    return "".join(parts) + rules()[:5_000]


def only_rules(size: int = SIZE) -> str:
    """Nothing but rules."""
    text = rules()
    return (text * (size // len(text) + 1))[:size]


def milliseconds(text: str) -> float:
    """Processor time to read a text, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        lines(text, "CLAUDE.md")
        best = min(best, time.process_time() - start)
    return best * 1000


def main() -> None:
    for name, text in (("a guide with 5 kB of rules", guide()), ("nothing but rules", only_rules())):
        print(f"{name}: {len(text)} bytes, {len(lines(text, 'CLAUDE.md'))} lines, {milliseconds(text):.1f} ms")


if __name__ == "__main__":
    main()
