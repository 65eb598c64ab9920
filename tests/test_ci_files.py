"""The files that CI services read run as those services run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hook_calls import CLEAN, HEAD, WRONG, route

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def action() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8")))


def check_step(workspace: Path, **inputs: str) -> tuple[int, str]:
    """Run the action's check as the runner does: inputs become the step's variables, its script is bash's."""
    runner = workspace.parent / "runner"
    (runner / "cachelint/bin").mkdir(parents=True, exist_ok=True)
    program = runner / "cachelint/bin/cachelint"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cachelint "$@"\n')
    program.chmod(0o755)
    described = action()["inputs"]
    step = action()["runs"]["steps"][1]
    values = {name: inputs.get(name.replace("-", "_"), about["default"]) for name, about in described.items()}
    variables = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], text)
        for key, text in step["env"].items()
    }
    environment = {**os.environ, **variables, "RUNNER_TEMP": str(runner)}
    environment["GITHUB_STEP_SUMMARY"] = str(runner / "summary.md")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "backend").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "backend/pyproject.toml").write_text("[project]\nname = 'x'\n")
    (folder / "backend/app.py").write_text(CLEAN)
    return folder


def test_the_action_annotates_summarises_and_fails(workspace: Path) -> None:
    assert check_step(workspace, project="backend") == (0, "")
    (workspace / "backend/app.py").write_text(WRONG)
    code, said = check_step(workspace, project="backend", sarif="out.sarif")
    assert (code, said.startswith("::error file=backend/app.py,line=9,")) == (1, True)
    assert (workspace.parent / "runner/summary.md").read_text().startswith("### cachelint: 1 error in 1 file")
    assert '"uri": "backend/app.py"' in (workspace / "out.sarif").read_text()
    assert check_step(workspace, project="backend", fail_on="never")[0] == 0


def test_the_action_takes_paths_one_a_line(workspace: Path) -> None:
    (workspace / "backend/other ‘one’.py").write_text(WRONG)
    (workspace / "backend/-x.py").write_text(HEAD + route("two"))
    said = check_step(workspace, project="backend", paths="app.py\n-x.py\n")[1]
    assert said.count("::error") == 1
    assert check_step(workspace, project="backend", paths="other ‘one’.py")[0] == 1


def test_inputs_are_never_part_of_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.parametrize("name", ["since", "baseline", "paths", "sarif", "fail_on"])
def test_an_input_cannot_run_anything(workspace: Path, name: str) -> None:
    check_step(workspace, project="backend", **{name: '"; touch "$PWD/hacked"; $(touch hacked) `touch hacked`'})
    assert not list(workspace.rglob("hacked"))


def test_the_pre_commit_hooks_are_described() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    needed = {"id": "cachelint", "language": "python", "require_serial": True, "types": ["python"]}
    assert needed.items() <= hook.items()


def test_the_readmes_configurations_are_valid_yaml() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        assert yaml.safe_load(block)


def test_the_schema_of_the_standard_is_a_schema() -> None:
    schema = yaml.safe_load((ROOT / "tests/schemas/sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema).check_schema(schema)


def test_the_matrix_of_the_readme_gives_the_report_of_one_job(workspace: Path) -> None:
    """Its own commands, with the artifacts where the steps in between put them."""
    (text,) = [t for t in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "--shard" in t]
    jobs = yaml.safe_load(text)["jobs"]
    project = workspace / "backend"
    (project / "app.py").write_text(WRONG)
    (project / "facts").mkdir()
    for part in jobs["read"]["strategy"]["matrix"]["part"]:
        (command,) = [s["run"] for s in jobs["read"]["steps"] if "--shard" in s.get("run", "")]
        assert shell(command.replace("${{ matrix.part }}", str(part)), project) == (0, "")
        (project / f"{part}.facts").rename(project / "facts" / f"{part}.facts")
    (command,) = [s["run"] for s in jobs["check"]["steps"] if "--facts" in s.get("run", "")]
    code, said = shell(command, project)
    assert (code, "::error file=backend/app.py" in said) == (1, True)


def shell(command: str, folder: Path) -> tuple[int, str]:
    script = command.replace("cachelint ", f"'{sys.executable}' -m cachelint ", 1)
    done = subprocess.run(["bash", "-ec", script], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + (done.stderr if done.returncode > 1 or "--facts" in done.stderr else "")
