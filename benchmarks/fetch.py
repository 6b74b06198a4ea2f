"""Fetch the data that packages ship, into a folder outside of the repository.

The folder is $PALISADE_BENCH_DATA, or ~/.cache/palisade-benchmarks. Everything is optional: the
benchmarks say what is missing and measure the rest. Needs pip, npm, and apt-get with dpkg
(Debian); each package comes from wherever the machine's own tools get theirs.

    python -m benchmarks.fetch
"""

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

VADER = "vaderSentiment==3.3.2"
NPM = ("naughty-words@1.2.0", "cuss@2.2.0", "blns@2.0.4")
DICTIONARIES = ("wamerican-huge", "wamerican-large")
FORTUNES = ("br", "cs", "de", "eo", "es", "ga", "it", "pl", "ru", "zh")


def folder() -> Path:
    """Where the data lies; made when it is not there."""
    path = Path(os.environ.get("PALISADE_BENCH_DATA", "~/.cache/palisade-benchmarks")).expanduser()
    path.mkdir(parents=True, exist_ok=True)
    return path


def fetch() -> list[str]:
    """Fetch everything; a sentence for each thing that could not be had."""
    missing: list[str] = []
    steps: list[tuple[str, Callable[[], None]]] = [
        (VADER, _vader),
        *((name, lambda name=name: _npm(name)) for name in NPM),
        *(
            (name, lambda name=name: _debian(name))
            for name in (*DICTIONARIES, *(f"fortunes-{lang}" for lang in FORTUNES))
        ),
    ]
    for name, step in steps:
        try:
            step()
        except (OSError, subprocess.CalledProcessError, tarfile.TarError, IndexError) as error:
            missing.append(f"{name} could not be fetched: {error}")
    return missing


def _run(*command: str) -> None:
    subprocess.run(command, check=True, cwd=folder(), stdout=subprocess.DEVNULL)


def _vader() -> None:
    target = folder() / "vader"
    if target.exists():
        return
    pip = shutil.which("pip") or "pip"
    _run(pip, "download", "-q", "--no-deps", "--no-binary", "vaderSentiment", VADER)
    archive = next(iter(folder().glob("[vV]ader*.tar.gz")))
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    for inner in target.glob("**/hutto_ICWSM_2014.tar.gz"):
        with tarfile.open(inner) as tar:
            tar.extractall(target, filter="data")


def _npm(package: str) -> None:
    name = package.split("@", maxsplit=1)[0]
    target = folder() / "npm" / name
    if target.exists():
        return
    _run("npm", "pack", "--silent", package)
    with tarfile.open(next(iter(folder().glob(f"{name}-*.tgz")))) as tar:
        tar.extractall(target, filter="data")


def _debian(package: str) -> None:
    marker = folder() / "debian" / f".{package}"
    if marker.exists():
        return
    _run("apt-get", "download", "-q", package)
    (folder() / "debian").mkdir(exist_ok=True)
    _run("dpkg", "-x", str(next(iter(folder().glob(f"{package}_*.deb"))).name), "debian")
    marker.touch()


if __name__ == "__main__":
    problems = fetch()
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"The data is in {folder()}.")
