"""An ignore comment names a rule that does not exist.

What it does
Reports names in ignore comments that are neither the name nor the code of a rule, and ignore comments
without names.

Why is this bad
The comment ignores nothing. It is a typing mistake, a rule of another tool, or a rule that was renamed.

Example
```py
LIMIT = 20  # cachelint: ignore[raw-input-in-keys] checked by the gateway
```

Use instead
```py
LIMIT = 20
```

Stays silent when
The comment is not of the form `# cachelint: ignore...` or `# cachelint: ignore-file...`.
"""

from __future__ import annotations

from cachelint.finding import Severity
from cachelint.rule import tool_rule

check = tool_rule(__name__, "CL904", Severity.WARNING, since="0.1")
