"""The policies of the two articles, laid beside the projects."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from fetch import CACHE, HERE, Project

# What is laid down: the policies of the articles, or one that names much of what these projects cache, so that there is
# something to judge. Each has a folder for the findings of its runs and the verdicts on them.
FOLDERS = {"articles": HERE / "policy", "names": HERE / "policy-names"}
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


NAMES = """\
## Caching

- Never cache: users, profiles, projects, components, translations, languages, permissions, groups
- Never cache: roles, settings, categories, pages, sites, locales, datasets, notifications
- Never cache: quotas, threads, votes, emails, photos, files, menus, themes
- Never cache: workouts, events, organizers, domains, packages, vulnerabilities, tags, resources
- Never cache: layers, maps, ingredients, rubrics, assessments, submissions, courses, channels
- Never cache: messages, chats, tools, tasks, jobs, contents, exercises, accounts
- Never cache: schedules, agreements, announcements, tickets, products, orders, payments, invoices
- Never cache: sessions, tokens
"""


def policies(name: str = "articles") -> dict[str, str]:
    """The texts by the file that they are laid down as; of the articles the one in Markdown of each."""
    if name == "names":
        return {".claude/rules/names.md": NAMES}
    texts = re.findall(r"(?ms)^````md\n(## Caching (?:Rules|Strategy)\n.*?)^````$", TEXTS.read_text("utf-8"))
    return {f".claude/rules/article-{number}.md": text for number, text in enumerate(texts, 1)}


def laid(project: Project, name: str = "articles") -> Path:
    """A copy of a project (of links: it costs no space) with the policies beside its code."""
    folder = COPIES / name / project.folder.name
    if not folder.is_dir():
        ignored = shutil.ignore_patterns(".cachelint_cache", "CLAUDE.md", "AGENTS.md", ".claude", "cachelint.toml")
        shutil.copytree(project.folder, folder, copy_function=os.link, ignore=ignored)
    for path, text in policies(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder
