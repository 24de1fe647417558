"""The bundle's folder, written by GeoCrop's own importer, with the parity files beside it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .errors import TrainingError

ROOT = Path(__file__).resolve().parents[3]
CLI = ROOT / "bin" / "geocrop.js"
MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""As the importer will have it: the name is part of URLs."""


@dataclass(frozen=True)
class Geocrop:
    """The command line of this clone."""

    node: str

    def run(self, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [self.node, str(CLI), *arguments]
        try:
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
        except OSError as error:
            raise TrainingError(f"{self.node} cannot be started: {error.strerror}.", 1) from error


@dataclass(frozen=True)
class Description:
    name: str
    version: str
    smoothing: int
    classes: list[str]
    features: list[str]
    palette: dict[str, str] | None


@dataclass(frozen=True)
class Origin:
    trained_on: str
    """A sentence."""
    simulated: bool
    """No field is real."""
    seed: int


def import_bundle(
    geocrop: Geocrop,
    out: Path,
    description: Description,
    card: dict,
    members: Sequence[tuple[Path, float]],
    work: Path,
) -> None:
    """
    Writes {out}, which must not exist, through `geocrop model import`.
    members: model files with their weights.
    work: a folder for what the importer is told.
    """
    told = {
        "classes": write_json(work / "classes.json", description.classes),
        "features": write_json(work / "features.json", description.features),
        "card": write_json(work / "card.json", card),
    }
    if description.palette is not None:
        told["palette"] = write_json(work / "palette.json", description.palette)
    done = geocrop.run(
        "model",
        "import",
        *("--name", description.name),
        *("--model-version", description.version),
        *("--smoothing", str(description.smoothing)),
        *("--weights", ",".join(str(weight) for _, weight in members)),
        *(argument for name, path in told.items() for argument in (f"--{name}", str(path))),
        *("--out", str(out)),
        *(str(path) for path, _ in members),
    )
    if done.returncode != 0:
        raise TrainingError(f"The importer refused the models:\n{(done.stderr or done.stdout).strip()}", 1)


def check_parity(geocrop: Geocrop, bundle: Path) -> str:
    """What `geocrop model check` finds between the bundle as it is served and the libraries' predictions."""
    # From inside, so that what is said names files that will still be there when it is read.
    done = geocrop.run(
        *("model", "check", "."),
        *("--table", "parity/rows.csv"),
        *("--expected", "parity/predictions.csv"),
        folder=bundle,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()
        raise TrainingError(f"The bundle does not predict what the libraries predict:\n{said}", 1)
    return done.stdout.strip()


def check_name(name: str) -> str:
    if MODEL_NAME.fullmatch(name):
        return name
    raise TrainingError(
        f"{name!r} cannot be a model's name: letters, digits, '.', '_' and '-', at most 64, "
        "beginning with a letter or digit."
    )


def check_out(out: Path, force: bool) -> None:
    """Before the training, which may take long."""
    if not out.exists():
        return
    if not force:
        raise TrainingError(f"{out} is there already; --force replaces it.")
    if not (out / "bundle.json").is_file():
        raise TrainingError(f"{out} is no bundle, so it is not replaced: it has no bundle.json.")


@contextmanager
def made_beside(out: Path) -> Iterator[Path]:
    """
    A path beside `out`, which is renamed to it when the block ends well: the folder appears under its name only when it
    is whole. Servers pass over folders whose names begin with a dot.
    """
    made = out.parent / f".{out.name}.making-{os.getpid()}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield made
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)
    except OSError as error:
        raise TrainingError(f"{out} cannot be written: {error.strerror or error}.", 1) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return path
