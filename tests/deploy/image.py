"""What `docker build` would make of deploy/Dockerfile, as far as that can be had without Docker: the last stage."""

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tests.running_server import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
NOBODY = 65_534
# What the stages before the last one make, and where the set-up has made the same.
MADE = {("pages", "/build/dist"): ROOT / "frontend" / "dist", ("packages", "/opt/roundtable"): Path(sys.prefix)}
# Of the base image.
SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/usr", sys.base_prefix)


class Instruction(NamedTuple):
    word: str
    text: str


class Copied(NamedTuple):
    """One source of a COPY and what becomes of it, of a folder of what is in it; `stage` is empty for the context."""

    stage: str
    source: str
    target: str


def stages(text: str) -> list[list[Instruction]]:
    """The instructions of each stage, its FROM first."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    found: list[list[Instruction]] = []
    for line in filter(None, map(str.strip, joined.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def copies(stage: list[Instruction]) -> Iterator[Copied]:
    workdir = PurePosixPath("/")
    for word, text in stage:
        if word == "WORKDIR":
            workdir /= text
        if word == "COPY":
            *sources, target = text.split()
            origin = sources.pop(0).removeprefix("--from=") if sources[0].startswith("--from=") else ""
            for source in sources:
                into = (target.endswith("/") or len(sources) > 1) and not (ROOT / source).is_dir()
                yield Copied(origin, source, str(workdir / target / (PurePosixPath(source).name if into else "")))


def said(stage: list[Instruction], word: str) -> str:
    """The last of an instruction."""
    return [text for name, text in stage if name == word][-1]


def command(text: str) -> list[str]:
    """Of a CMD in the form of a list."""
    words: list[str] = json.loads(text[text.index("[") :])
    return words


def environment(stage: list[Instruction]) -> dict[str, str]:
    found = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    for word, text in stage:
        if word == "ENV":
            for name, _, value in (part.partition("=") for part in shlex.split(text)):
                found[name] = value.replace("$PATH", found["PATH"])
    return found


class Ignored:
    """.dockerignore: the last line that fits a path, or a folder above it, decides."""

    def __init__(self, text: str) -> None:
        self._lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    def hides(self, path: str) -> bool:
        parts = PurePosixPath(path).parts
        names = ["/".join(parts[: number + 1]) for number in range(len(parts))]
        hidden = False
        for line in self._lines:
            pattern = line.removeprefix("!")
            if any(_fits(name, pattern) for name in names):
                hidden = not line.startswith("!")
        return hidden

    def copy(self, source: Path, target: Path) -> None:
        """With what the build sees of it."""

        def left_out(folder: str, names: list[str]) -> list[str]:
            place = Path(folder).relative_to(ROOT)
            return [name for name in names if self.hides((place / name).as_posix())]

        if source.is_dir():
            shutil.copytree(source, target, ignore=left_out, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def _fits(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatchcase(name.rpartition("/")[2], pattern[3:])
    return name.count("/") == pattern.count("/") and fnmatchcase(name, pattern)


class Image:
    """The last stage, below `folder`. `inside` is how a command is run there, as in a container that is started with
    `--read-only`: as nobody, without any folder that it could write into but `data`, which is /data."""

    def __init__(self, folder: Path, ignored: Ignored) -> None:
        self.stage = stages(DOCKERFILE.read_text())[-1]
        self._folder, self.data = folder, folder / "data"
        self._mounts = {"/data": self.data}
        self.data.mkdir()
        if os.geteuid() == 0:
            os.chown(self.data, NOBODY, NOBODY)
        for stage, source, target in copies(self.stage):
            if stage:
                self._mounts[target] = MADE[stage, source]
            else:
                place = folder / "image" / target.lstrip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                ignored.copy(ROOT / source, place)

    def inside(self, words: list[str], **settings: str) -> list[str]:
        """A command for these words; its process becomes theirs."""
        root = self._folder / "root"
        root.mkdir(exist_ok=True)
        told = [f"{name}={value}" for name, value in {**environment(self.stage), **settings}.items()]
        user = [f"--userspec={NOBODY}:{NOBODY}"] if os.geteuid() == 0 else []
        enter = ["chroot", *user, str(root), "env", "-i", f"--chdir={said(self.stage, 'WORKDIR')}", *told, *words]
        unshare = ["unshare", "--mount", *([] if user else ["--user", "--map-root-user"])]
        return [*unshare, "sh", "-ec", f"{self._mounting(root)}\nexec {shlex.join(enter)}"]

    def _mounting(self, root: Path) -> str:
        """A root of its own, which takes nothing any more once all is in its place."""
        places = {place: place for place in SYSTEM if Path(place).exists()}
        places |= {f"/{path.name}": str(path) for path in (self._folder / "image").iterdir()}
        lines = [f"mount -t tmpfs tmpfs {root}"]
        for place, source in {**places, **{place: str(path) for place, path in self._mounts.items()}}.items():
            lines += [f"mkdir -p {root}{place}", f"mount --rbind {source} {root}{place}"]
            if place in self._mounts and place != "/data":
                lines.append(f"mount -o remount,bind,ro {root}{place}")
        return "\n".join([*lines, f"mount -o remount,ro {root}"])
