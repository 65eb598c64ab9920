"""The pinned projects of projects.toml, from the index to a folder."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".work" / "ecosystem"
WHEEL_FOR = ("--python-version=3.12", "--implementation=cp", "--abi=none", "--platform=any", "--only-binary=:all:")
# What cachelint reads of a project; the rest of a wheel (fonts, translations, bundles) is most of its bytes.
READ = (".py", ".toml", ".cfg", ".ini", ".md")


class BrokenError(Exception):
    """A project could not be had or checked; the text says why."""


@dataclass(frozen=True)
class Project:
    """One entry of projects.toml."""

    name: str
    version: str
    framework: str
    sha256: str

    @property
    def folder(self) -> Path:
        """Where it is unpacked."""
        return CACHE / f"{self.name}-{self.version}"


def projects() -> list[Project]:
    """The pinned projects, in the order of projects.toml. Raises TypeError for a missing or unknown key."""
    document = tomllib.loads((HERE / "projects.toml").read_text("utf-8"))
    return [Project(**entry) for entry in document["project"]]


def fetch(project: Project) -> None:
    """Download and unpack a project unless that is done. Raises BrokenError."""
    if project.folder.is_dir():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as made:
        wheel = download(project, Path(made))
        unpack(wheel, Path(made) / "unpacked")
        # Only a complete project ever has its final name.
        (Path(made) / "unpacked").rename(project.folder)


def download(project: Project, into: Path) -> Path:
    """The wheel of a project, its hash verified. Raises BrokenError."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += [*WHEEL_FOR, "--no-deps", "--dest", str(into), f"{project.name}=={project.version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(into.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise BrokenError(f"pip download failed: {done.stderr.strip()[-500:]}")
    if sha256(wheels[0]) != project.sha256:
        raise BrokenError(f"{wheels[0].name} is not the file that projects.toml pins")
    return wheels[0]


def sha256(file: Path) -> str:
    """The hash of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        # In pieces: on Linux the peak memory of a child starts at what its parent holds.
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def unpack(wheel: Path, into: Path) -> None:
    """Write the files of a wheel that cachelint reads, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        wanted = [name for name in archive.namelist() if name.endswith(READ) and ".dist-info/" not in name]
        archive.extractall(into, wanted)
    # A repository of its own: the ignore file of the one around the cache folder must not reach in.
    (into / ".git").mkdir()
