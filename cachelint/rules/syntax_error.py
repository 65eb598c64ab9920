"""A file that cannot be parsed is not checked.

What it does
Reports a file that is not valid Python, at the place where parsing stopped.

Why is this bad
Nothing in the file could be checked, and what other files get from it is unknown. The run ends with exit
code 2, so that an unchecked file never passes for a clean one.

Example
```py
def profile(user_id:
    return user_id
```

Use instead
```py
def profile(user_id):
    return user_id
```

Stays silent when
The file is excluded or ignored by git, or is a template of Python: parsing ends where, or after, `{% ... %}` begins a
line outside of all texts, or at a line with `{{ ... }}`.
"""

from __future__ import annotations

from cachelint.finding import Severity
from cachelint.rule import tool_rule

check = tool_rule(__name__, "CL901", Severity.ERROR, since="0.1")
