"""cachelint: static analysis of application caching (Redis, Memcached, Django cache...) in Python web code.

For other programs: `check_project` and `check_source` give a `Report`. Importing the package is cheap; the analysis is
loaded by the first call. What is not named here may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from cachelint.config import Config, ConfigError
    from cachelint.finding import AnalysisError, Confidence, Location, Persona, Report, Reported, Severity, Step

__version__ = "0.1.0"

__all__ = [
    "AnalysisError",
    "Confidence",
    "Config",
    "ConfigError",
    "Location",
    "Persona",
    "Report",
    "Reported",
    "Severity",
    "Step",
    "__version__",
    "check_project",
    "check_source",
]


def check_project(
    project: str | PathLike[str],
    *,
    paths: Sequence[str] = (),
    config: Config | None = None,
    use_store: bool = True,
    jobs: int | None = None,
) -> Report:
    """Check the project in a folder as `cachelint check` does.

    Args:
        project: The project's folder; module names, paths in the report and the configuration are relative to it.
        paths: Files or folders to report on, absolute or relative to the project; empty for all. The whole project is
            known in any case.
        config: The settings; read from the project when None.
        use_store: Whether to take from `.cachelint_cache/` in the project what earlier runs worked out, and add to it.
        jobs: How many processes read files; None for one per core.

    Returns:
        The findings, sorted by path, line, column and rule, with 1-based lines and columns; what could not be analysed;
        the numbers of the run. Reporting and exit codes are up to the caller: `errors` that are not empty mean that
        findings may be missing.

    Raises:
        ConfigError: The project's configuration cannot be used.
        ValueError: A path is outside the project.
    """
    from pathlib import Path

    from cachelint import check

    folder = Path(project)
    inside = [_inside(path, folder) for path in paths]
    return check.check_project(folder, config, paths=inside, use_store=use_store, jobs=jobs)


def check_source(
    source: str | bytes,
    path: str = "source.py",
    *,
    project: str | PathLike[str] | None = None,
    config: Config | None = None,
) -> Report:
    """Check one Python module given as text or bytes; nothing is written.

    Args:
        source: The module; text is taken as UTF-8.
        path: Where it lies, or would lie, in the project: absolute or relative to it.
        project: The folder of the project to check it in, in place of the file of that path; None to check it alone.
        config: The settings; read from the project when None.

    Returns:
        The report on that one file. What the module causes in other files is not part of it.

    Raises:
        ConfigError: The project's configuration cannot be used.
        ValueError: The path is outside the project.
    """
    import tempfile
    from pathlib import Path

    from cachelint import check

    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if project is not None:
        return check.check_source(Path(project), _inside(path, Path(project)), data, config)
    with tempfile.TemporaryDirectory() as nowhere:
        return check.check_source(Path(nowhere), _inside(path, Path(nowhere)), data, config)


def _inside(path: str, project: Path) -> str:
    """A path as seen from the project. Raises ValueError for one that is outside."""
    from cachelint.project import relative

    return relative(project / path, project)


def __getattr__(name: str) -> Any:
    """The types of the report and of the settings, loaded when they are asked for."""
    if name in __all__:
        from cachelint import config, finding

        return getattr(finding, name, None) or getattr(config, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
