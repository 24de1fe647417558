"""From a table and its split to a bundle: three libraries, their weights, the card, the import, the parity files."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .bundle import Description, Geocrop, Origin, check_parity, import_bundle, made_beside
from .card import Trained, model_card
from .learners import LEARNERS, Fitted, Learner, Rows, Task
from .parity import parity_rows, write_parity
from .split import Split
from .table import Table
from .weights import fit_weights, vote


@dataclass(frozen=True)
class Request:
    description: Description
    origin: Origin
    most_rounds: int
    keep: Path | None
    """A folder for the libraries' own files; None: they are not kept."""


def make_bundle(table: Table, split: Split, request: Request, geocrop: Geocrop, out: Path) -> tuple[dict, str]:
    """Writes {out}; its card, and what `geocrop model check` said of it."""
    with tempfile.TemporaryDirectory(prefix="geocrop-train-") as folder, made_beside(out) as made:
        work = Path(folder)
        members = train_members(table, split, request, request.keep or work)
        weights = [member.weight for member in members]
        voted = vote([member.test for member in members], weights)
        card = model_card(table, split, members, voted, request.origin, request.most_rounds)
        import_bundle(
            geocrop, made, request.description, card, [(member.path, member.weight) for member in members], work
        )
        rows = parity_rows(table, split.test, [member.path for member in members], request.origin.seed)
        write_parity(made / "parity", table, rows, [(member.learner, member.path) for member in members], weights)
        return card, check_parity(geocrop, made)


def train_members(table: Table, split: Split, request: Request, folder: Path) -> list[Trained]:
    folder.mkdir(parents=True, exist_ok=True)
    part = {name: Rows(table.rows[rows], table.label[rows]) for name, rows in split.parts()}
    task = Task(
        part["trained"],
        part["validation"],
        table.features,
        len(table.classes),
        request.origin.seed,
        request.most_rounds,
    )
    made: list[tuple[Learner, Path, Fitted, np.ndarray]] = []
    for learner in LEARNERS:
        print(f"{learner.library} {learner.version} …", file=sys.stderr, flush=True)
        path = folder / learner.file
        fitted = learner.fit(task, path)
        made.append((learner, path, fitted, learner.predict(path, task.validation.features)))
    weights = fit_weights(
        [probability for *_, probability in made], task.validation.label, table.field[split.validation]
    )
    return [
        Trained(learner, path, fitted, weight, validation, learner.predict(path, part["heldOut"].features))
        for (learner, path, fitted, validation), weight in zip(made, weights)
    ]
