"""An ignore comment does not say why.

What it does
Reports ignore comments with nothing behind the closing bracket.

Why is this bad
Whoever reads the code later cannot tell a decision from a shortcut, and dares neither to keep the comment
nor to remove it.

Example
```py
LIMIT = 20  # cachelint: ignore[syntax-error]
```

Use instead
```py
LIMIT = 20  # cachelint: ignore[syntax-error] generated file
```

Stays silent when
The comment names no rule (that is unknown-name-in-ignore).
"""

from __future__ import annotations

from cachelint.finding import Persona, Severity
from cachelint.rule import tool_rule

check = tool_rule(__name__, "CL903", Severity.NOTE, since="0.1", persona=Persona.PEDANTIC)
