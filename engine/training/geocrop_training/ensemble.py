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
    """
    Rounds and weights by learning from the training fields and looking at the validation fields; then each library
    learns again, for as many rounds, from both: fields are too dear to leave a fifth of them out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seed, classes = request.origin.seed, len(table.classes)
    train, validation, both = (
        Rows(table.rows[rows], table.label[rows])
        for rows in (split.train, split.validation, split.train | split.validation)
    )
    made: list[tuple[Learner, Path, Fitted, np.ndarray]] = []
    for learner in LEARNERS:
        print(f"{learner.library} {learner.version} …", file=sys.stderr, flush=True)
        path = folder / learner.file
        chosen = learner.fit(Task(train, validation, table.features, classes, seed, request.most_rounds), path)
        probability = learner.predict(path, validation.features)
        fitted = learner.fit(Task(both, None, table.features, classes, seed, chosen.rounds), path)
        made.append((learner, path, fitted, probability))
    weights = fit_weights([probability for *_, probability in made], validation.label, table.field[split.validation])
    return [
        Trained(learner, path, fitted, weight, probability, learner.predict(path, table.rows[split.test]))
        for (learner, path, fitted, probability), weight in zip(made, weights)
    ]
