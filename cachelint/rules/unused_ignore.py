"""An ignore comment suppresses nothing.

What it does
Reports each rule name in an ignore comment that covers no finding of that rule, and an `ignore-file`
comment that stands too far down to be read.

Why is this bad
The comment claims that something is wrong here and accepted. It outlived the code it was about, and would
hide the next finding without anybody having decided so.

Example
```py
LIMIT = 20  # cachelint: ignore[raw-input-in-key] left over
```

Use instead
```py
LIMIT = 20
```

Stays silent when
The named rule did not run: it is switched off, or it failed.
The name is that of a rule about the tool itself (CL9xx) or of no rule at all (unknown-name-in-ignore).
"""

from __future__ import annotations

from cachelint.finding import Severity
from cachelint.rule import tool_rule

check = tool_rule(__name__, "CL902", Severity.WARNING, since="0.1")
