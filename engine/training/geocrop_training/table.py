"""The table of `geocrop sample`: id, lon, lat, label, field, year, n_obs, recipe, scenes, then the features."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import TrainingError

NOT_FEATURES = ("id", "lon", "lat", "label", "field", "year", "n_obs", "recipe", "scenes")
NEEDED = ("label", "field", "recipe")
MAX_CLASSES = 255


@dataclass(frozen=True)
class Table:
    """Rows with all their features; what the card says of those without is counted."""

    file: str
    sha256: str
    features: list[str]
    rows: np.ndarray
    """float32 [n, features], finite."""
    label: np.ndarray
    """int64 [n], an index into `classes`."""
    field: np.ndarray
    """str [n]."""
    classes: list[str]
    """In the order of the class ids."""
    recipe: str
    """Digest of the pixels recipe, the same in every row."""
    header: list[str]
    lines: list[list[str]]
    """The rows as they stand in the file, [n]."""
    without_features: int
    """Rows left out: too few observations."""
    empty_columns: list[str]
    """Features left out: empty in every row, because the collection lacks a band."""


def read_table(path: Path, class_order: Sequence[str] | None, known_features: Sequence[str] | None) -> Table:
    """
    class_order: the order of the class ids; without it the labels' alphabetical order.
    known_features: the features that GeoCrop computes; other columns are refused. Without it any name goes.
    """
    data = read_bytes(path)
    name = path.name
    header, lines = parse(name, data)
    columns = {column: place for place, column in enumerate(header)}
    labels = texts(lines, columns["label"])
    fields = texts(lines, columns["field"])
    years = texts(lines, columns["year"]) if "year" in columns else [""] * len(lines)
    check_labels(name, labels)
    check_fields(name, fields, years, labels)
    recipe = the_one_recipe(name, texts(lines, columns["recipe"]))

    features = feature_columns(name, header, known_features)
    rows = numbers(name, lines, [columns[feature] for feature in features], features)
    there = np.isfinite(rows)
    filled = there.any(axis=0)
    if not filled.any():
        raise TrainingError(f"{name}: no row has features; were there at least 3 clear observations anywhere?")
    complete = there[:, filled].all(axis=1)
    if not complete.any():
        raise TrainingError(f"{name}: no row has all of its {int(filled.sum())} features.")

    kept = np.flatnonzero(complete)
    classes = order_classes(name, {labels[i] for i in kept}, class_order)
    number_of = {label: index for index, label in enumerate(classes)}
    return Table(
        file=name,
        sha256=hashlib.sha256(data).hexdigest(),
        features=[feature for feature, some in zip(features, filled) if some],
        rows=np.ascontiguousarray(rows[np.ix_(complete, filled)]),
        label=np.array([number_of[labels[i]] for i in kept], np.int64),
        field=np.array([fields[i] for i in kept]),
        classes=classes,
        recipe=recipe,
        header=header,
        lines=[lines[i] for i in kept],
        without_features=len(lines) - len(kept),
        empty_columns=[feature for feature, some in zip(features, filled) if not some],
    )


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse(name: str, data: bytes) -> tuple[list[str], list[list[str]]]:
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header, *lines = [line for line in reader if line] or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingError(f"{name} is not a CSV table in UTF-8: {error}.") from error
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise TrainingError(
            f"{name} lacks the columns {', '.join(missing)}. `geocrop sample` writes them; "
            "without fields a split would put pixels of one field on both sides."
        )
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise TrainingError(f"{name} has the columns {', '.join(twice)} twice.")
    if not lines:
        raise TrainingError(f"{name} has no rows.")
    for place, line in enumerate(lines):
        if len(line) != len(header):
            raise TrainingError(f"{name}, row {place + 1}: has {len(line)} values, the header {len(header)}.")
    return header, lines


def texts(lines: list[list[str]], column: int) -> list[str]:
    return [line[column].strip() for line in lines]


def feature_columns(name: str, header: list[str], known: Sequence[str] | None) -> list[str]:
    features = [column for column in header if column not in NOT_FEATURES]
    if not features:
        raise TrainingError(f"{name} has no features; `geocrop sample` writes them after the column `scenes`.")
    unknown = [] if known is None else [feature for feature in features if feature not in known]
    if unknown:
        raise TrainingError(
            f"{name}: nobody computes {', '.join(unknown)} when the model is served; remove these columns."
        )
    return features


def numbers(name: str, lines: list[list[str]], columns: list[int], features: list[str]) -> np.ndarray:
    """float32 [n, features]; NaN where a value is empty."""
    rows = np.full((len(lines), len(columns)), np.nan, np.float64)
    for place, line in enumerate(lines):
        for target, column in enumerate(columns):
            text = line[column].strip()
            if text == "":
                continue
            try:
                rows[place, target] = float(text)
            except ValueError:
                raise TrainingError(
                    f"{name}, row {place + 1}: {features[target]} is {text!r}, which is not a number."
                ) from None
    with np.errstate(over="ignore"):
        return rows.astype(np.float32)


def check_labels(name: str, labels: list[str]) -> None:
    if "" in labels:
        raise TrainingError(f"{name}, row {labels.index('') + 1}: has no label.")
    spelled: dict[str, str] = {}
    for label in sorted(set(labels)):
        other = spelled.setdefault(label.casefold(), label)
        if other != label:
            raise TrainingError(f"{name}: the labels {other} and {label} differ in case only; spell them the same.")


def check_fields(name: str, fields: list[str], years: list[str], labels: list[str]) -> None:
    """One field grows one crop a year."""
    label_of: dict[tuple[str, str], str] = {}
    for place, (field, year, label) in enumerate(zip(fields, years, labels)):
        if field == "":
            raise TrainingError(
                f"{name}, row {place + 1}: has no field; "
                "without it pixels of one field would be on both sides of the split."
            )
        other = label_of.setdefault((field, year), label)
        if other != label:
            when = f" in {year}" if year else ""
            raise TrainingError(f"{name}: field {field} is both {other} and {label}{when}.")


def the_one_recipe(name: str, recipes: list[str]) -> str:
    found = sorted(set(recipes))
    if "" in found:
        raise TrainingError(
            f"{name}, row {recipes.index('') + 1}: has no recipe; nobody can say how its features were made."
        )
    if len(found) > 1:
        counts = ", ".join(f"{recipe} ({recipes.count(recipe)} rows)" for recipe in found)
        raise TrainingError(
            f"{name}: rows of different pixels recipes cannot train one model: {counts}. "
            "Sample all points anew with the settings that will serve the model."
        )
    return found[0]


def order_classes(name: str, labels: set[str], order: Sequence[str] | None) -> list[str]:
    if order is not None:
        unknown, unused = sorted(labels - set(order)), [label for label in order if label not in labels]
        if unknown:
            raise TrainingError(f"{name}: labels that the list of classes does not have: {', '.join(unknown)}.")
        if unused:
            raise TrainingError(f"{name}: no row with features is labelled {', '.join(unused)}.")
    classes = sorted(labels) if order is None else list(order)
    if not 2 <= len(classes) <= MAX_CLASSES:
        raise TrainingError(f"{name}: has {len(classes)} classes; a model needs from 2 to {MAX_CLASSES}.")
    return classes
