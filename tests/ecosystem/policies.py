"""The policies of the two articles, laid beside the projects."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from fetch import CACHE, HERE, Project

# The findings of these runs and the verdicts on them.
FOLDER = HERE / "policy"
# The rules that a policy switches on or gives their measure; the others say the same without one.
RULES = (
    "never-cache-data",
    "missing-ttl",
    "ttl-over-policy",
    "off-strategy",
    "key-off-format",
    "direct-client",
    "pickled-values",
    "stampede",
    "missing-no-store",
)
TEXTS = HERE.parent / "cases" / "policy" / "seeds.md"
COPIES = CACHE.parent / "ecosystem-with-policy"


def policies() -> dict[str, str]:
    """The texts by the file that they are laid down as: the one in Markdown of each article."""
    texts = re.findall(r"(?ms)^````md\n(## Caching (?:Rules|Strategy)\n.*?)^````$", TEXTS.read_text("utf-8"))
    return {f".claude/rules/article-{number}.md": text for number, text in enumerate(texts, 1)}


def laid(project: Project) -> Path:
    """A copy of a project (of links: it costs no space) with the policies beside its code."""
    folder = COPIES / project.folder.name
    if not folder.is_dir():
        ignored = shutil.ignore_patterns(".cachelint_cache", "CLAUDE.md", "AGENTS.md", ".claude", "cachelint.toml")
        shutil.copytree(project.folder, folder, copy_function=os.link, ignore=ignored)
    for path, text in policies().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder
