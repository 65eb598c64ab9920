"""Paths for services that look at a whole repository: from its root, where the project may be a folder in it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from cachelint.finding import AnalysisError, Location, Report, Reported, Step


def folder_in_repository(project: Path) -> str:
    """The project's folder as seen from the repository's root, ending in a slash; "" for the root or without git."""
    for root in (project, *project.parents):
        if (root / ".git").exists():
            inside = project.relative_to(root).as_posix()
            return "" if inside == "." else inside + "/"
    return ""


def moved(report: Report, folder: str) -> Report:
    """The report with every path below a folder."""
    if not folder:
        return report
    return replace(
        report,
        findings=tuple(_finding(finding, folder) for finding in report.findings),
        errors=tuple(_error(error, folder) for error in report.errors),
    )


def _finding(finding: Reported, folder: str) -> Reported:
    return replace(
        finding,
        at=_location(finding.at, folder),
        trace=tuple(_step(step, folder) for step in finding.trace),
        related=tuple(_step(step, folder) for step in finding.related),
    )


def _step(step: Step, folder: str) -> Step:
    return replace(step, at=_location(step.at, folder))


def _location(at: Location, folder: str) -> Location:
    return replace(at, path=folder + at.path)


def _error(error: AnalysisError, folder: str) -> AnalysisError:
    return replace(error, path=folder + error.path) if error.path else error
