"""What the libraries themselves say of some rows: `geocrop model check --table rows.csv --expected predictions.csv`."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .learners import Learner
from .table import Table
from .weights import vote

TEST_ROWS = 160
ROWS_AT_THRESHOLDS = 40
"""Rows where a model that decides by `<` in place of `<=`, or rounds a threshold the wrong way, shows itself."""


@dataclass(frozen=True)
class ParityRows:
    features: np.ndarray
    """float32 [n, features]."""
    lines: list[list[str]]
    """As they stand in the table, [n]."""


def parity_rows(table: Table, test: np.ndarray, models: list[Path], seed: int) -> ParityRows:
    """Rows of the test, evenly spread, then copies of some with half of their values put at the models' thresholds."""
    places = np.flatnonzero(test)
    chosen = places[np.unique(np.linspace(0, len(places) - 1, min(TEST_ROWS, len(places))).astype(int))]
    at_thresholds = [thresholds(path, len(table.features)) for path in models]
    rng = np.random.default_rng(seed)
    rows, lines = [*table.rows[chosen]], [table.lines[place] for place in chosen]
    for number in range(ROWS_AT_THRESHOLDS):
        place = chosen[rng.integers(len(chosen))]
        row = table.rows[place].copy()
        for feature in range(len(row)):
            values = at_thresholds[rng.integers(len(models))][feature]
            if len(values) > 0 and rng.random() < 0.5:
                row[feature] = np.float32(values[rng.integers(len(values))])
        rows.append(row)
        lines.append(line_of(table, row, f"at-thresholds-{number}", table.lines[place]))
    return ParityRows(np.stack(rows), lines)


def line_of(table: Table, row: np.ndarray, name: str, base: list[str]) -> list[str]:
    """A line of the table whose features are `row`; it is nobody's field."""
    own = dict(zip(table.features, (repr(float(value)) for value in row)), id=name, label="", field="")
    return [own.get(column, text) for column, text in zip(table.header, base)]


def thresholds(path: Path, features: int) -> list[list[float]]:
    """What a model compares each feature with, by feature, ascending: read from the file that the importer reads."""
    found: list[set[float]] = [set() for _ in range(features)]
    readers = {"xgb.json": xgboost_splits, "lgbm.txt": lightgbm_splits, "cat.json": catboost_splits}
    for feature, threshold in readers[path.name](path.read_text("utf-8")):
        found[feature].add(threshold)
    return [sorted(values) for values in found]


def xgboost_splits(text: str) -> Iterator[tuple[int, float]]:
    for tree in json.loads(text)["learner"]["gradient_booster"]["model"]["trees"]:
        nodes = zip(tree["split_indices"], tree["split_conditions"], tree["left_children"])
        yield from ((feature, threshold) for feature, threshold, left in nodes if left >= 0)


def lightgbm_splits(text: str) -> Iterator[tuple[int, float]]:
    lines = [line.partition("=") for line in text.splitlines()]
    features = (value.split() for key, _, value in lines if key == "split_feature")
    values = (value.split() for key, _, value in lines if key == "threshold")
    for of_features, of_values in zip(features, values):
        yield from zip(map(int, of_features), map(float, of_values))


def catboost_splits(text: str) -> Iterator[tuple[int, float]]:
    for tree in json.loads(text)["oblivious_trees"]:
        yield from ((split["float_feature_index"], split["border"]) for split in tree["splits"] or [])


def write_parity(
    folder: Path, table: Table, rows: ParityRows, members: list[tuple[Learner, Path]], weights: list[float]
) -> None:
    folder.mkdir(parents=True)
    write_csv(folder / "rows.csv", [table.header, *rows.lines])
    own = [learner.predict(path, rows.features) for learner, path in members]
    files = [onnx_name(learner.file) for learner, _ in members]
    predictions = [*zip(files, own), ("vote", vote(own, weights))]
    write_csv(
        folder / "predictions.csv",
        [
            ["row", "member", *table.classes],
            *(
                [str(row), member, *(format(float(value), ".10g") for value in probability[row])]
                for row in range(len(rows.lines))
                for member, probability in predictions
            ),
        ],
    )


def onnx_name(file: str) -> str:
    """What the importer calls the member that it makes of `file`."""
    return f"{Path(file).stem}.onnx"


def write_csv(path: Path, lines: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
