"""Trains an ensemble of XGBoost, LightGBM and CatBoost and writes its bundle."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from .bundle import Description, Geocrop, check_name, check_out, check_parity, import_bundle, made_beside
from .card import Origin, Trained, model_card
from .errors import TrainingError
from .learners import LEARNERS, MOST_ROUNDS, Fitted, Learner, Rows, Task
from .parity import parity_rows, write_parity
from .report import report_lines
from .split import Split, split_by_field
from .table import Table, read_table
from .weights import fit_weights, vote

HELP = """\
The table is what `geocrop sample` writes. Fields are held out whole. Rounds end when more do not help on the validation
fields; weights are fitted on them; every figure of the card is of test fields that neither has seen. The same table,
seed and versions give the same bytes.
"""


def main() -> int:
    try:
        train(arguments())
    except TrainingError as error:
        print(f"train: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def train(options: argparse.Namespace) -> None:
    out = options.out.resolve()
    check_out(out, options.force)
    name = check_name(options.name or out.name)
    order = None if options.classes is None else read_names(options.classes)
    palette = None if options.palette is None else read_palette(options.palette)
    known = None if options.known_features is None else options.known_features.split(",")
    table = read_table(options.table, order, known)
    split = split_by_field(table.field, table.label, table.classes, (options.validation, options.test), options.seed)
    origin = Origin(options.trained_on or f"{table.file}, by `geocrop sample`", options.simulated, options.seed)

    with tempfile.TemporaryDirectory(prefix="geocrop-train-") as folder, made_beside(out) as made:
        work = Path(folder)
        members = train_members(table, split, options.seed, options.rounds, options.keep or work)
        weights = [member.weight for member in members]
        card = model_card(table, split, members, vote([member.test for member in members], weights), origin)
        description = Description(
            name, options.model_version, options.smoothing, table.classes, table.features, of_classes(palette, table)
        )
        geocrop = Geocrop(options.node)
        import_bundle(geocrop, made, description, card, [(member.path, member.weight) for member in members], work)
        rows = parity_rows(table, split.test, [member.path for member in members], options.seed)
        write_parity(made / "parity", table, rows, [(member.learner, member.path) for member in members], weights)
        agreement = check_parity(geocrop, made)
    for line in report_lines(card):
        print(line)
    print(f"\n{agreement.strip()}\n\nbundle written to {options.out}")


def train_members(table: Table, split: Split, seed: int, most_rounds: int, folder: Path) -> list[Trained]:
    folder.mkdir(parents=True, exist_ok=True)
    part = {name: Rows(table.rows[rows], table.label[rows]) for name, rows in split.parts()}
    task = Task(part["trained"], part["validation"], table.features, len(table.classes), seed, most_rounds)
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


def of_classes(palette: dict[str, str] | None, table: Table) -> dict[str, str] | None:
    return None if palette is None else {name: palette[name] for name in table.classes if name in palette}


def read_names(path: Path) -> list[str]:
    document = read_json(path)
    names = document.get("classes") if isinstance(document, dict) else document
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise TrainingError(f'{path} must be a list of different names, or {{"classes": [names]}}.')
    return names


def read_palette(path: Path) -> dict[str, str]:
    document = read_json(path)
    if not isinstance(document, dict) or not all(isinstance(color, str) for color in document.values()):
        raise TrainingError(f'{path} must be {{"class": "#rrggbb", …}}.')
    return document


def read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read as JSON: {error}.") from error


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="npm run train --", description=__doc__, epilog=HELP)
    parser.add_argument("table", type=Path, help="CSV by `geocrop sample`")
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    parser.add_argument("--name", help="the model's name; default: the folder's")
    parser.add_argument("--model-version", default="1.0.0")
    parser.add_argument("--classes", type=Path, help="JSON list of the labels, in the order of the class ids")
    parser.add_argument("--palette", type=Path, help='JSON {"class": "#rrggbb"}; default: colours from the names')
    parser.add_argument("--smoothing", type=int, choices=[0, 3, 5, 7], default=5, help="majority filter of the map")
    parser.add_argument("--trained-on", help="a sentence for the card")
    parser.add_argument("--simulated", action="store_true", help="the card says that no field is real")
    parser.add_argument(
        "--validation", type=share, default=0.2, help="share of each class's fields for rounds and weights"
    )
    parser.add_argument("--test", type=share, default=0.2, help="share of each class's fields for the card's figures")
    parser.add_argument("--rounds", type=whole(1), default=MOST_ROUNDS, help="most rounds of each library")
    parser.add_argument("--seed", type=whole(0), default=20211)
    parser.add_argument("--keep", type=Path, help="a folder for the libraries' own files: xgb.json, lgbm.txt, cat.json")
    parser.add_argument("--force", action="store_true", help="replace the bundle that is there")
    # By scripts/train.mjs.
    parser.add_argument("--node", default="node", help=argparse.SUPPRESS)
    parser.add_argument("--known-features", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.validation + options.test > 0.8:
        parser.error("--validation and --test: at most 0.8 together")
    return options


def share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError("between 0 and 1")
    return value


def whole(least: int):
    def integer(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{least} or more")
        return value

    return integer


if __name__ == "__main__":
    sys.exit(main())
