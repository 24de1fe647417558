"""Trains an ensemble of XGBoost, LightGBM and CatBoost and writes its bundle."""

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from .bundle import Description, Geocrop, Origin, check_name, check_out
from .errors import TrainingError
from .report import report_lines
from .split import split_by_field
from .table import read_table

PREFIX = "train: "
"""Of every error; scripts/train.mjs writes the same."""

MOST_ROUNDS = 5000
"""A stop for runaways; the validation fields stop every real one."""

HELP = """\
The table is what `geocrop sample` writes. Fields are held out whole. Rounds end when more do not help on the validation
fields; weights are fitted on them; every figure of the card is of test fields that neither has seen. The same table,
seed and versions give the same bytes.
"""


def main() -> int:
    try:
        train(arguments())
    except TrainingError as error:
        print(f"{PREFIX}{error}", file=sys.stderr)
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
    if palette is not None:
        palette = {label: palette[label] for label in table.classes if label in palette}

    # Loading the libraries takes longer than reading a table: what is wrong with that is said first.
    from .ensemble import Request, make_bundle

    request = Request(
        description=Description(name, options.model_version, options.smoothing, table.classes, table.features, palette),
        origin=Origin(options.trained_on or f"{table.file}, by `geocrop sample`", options.simulated, options.seed),
        most_rounds=options.rounds,
        keep=options.keep,
    )
    card, agreement = make_bundle(table, split, request, Geocrop(options.node), out)
    for line in report_lines(card):
        print(line)
    print(f"\n{agreement}\n\nbundle written to {options.out}")


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


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{PREFIX}{message}\n")


def arguments() -> argparse.Namespace:
    parser = Parser(prog="npm run train --", description=__doc__, epilog=HELP)
    parser.add_argument("table", type=Path, help="CSV by `geocrop sample`")
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    parser.add_argument("--name", help="the model's name; default: the folder's")
    parser.add_argument("--model-version", default="1.0.0", help="stands in the bundle; default: 1.0.0")
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
    parser.add_argument("--seed", type=whole(0), default=20211, help="another draw of fields and trees")
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
