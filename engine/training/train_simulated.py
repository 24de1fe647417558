"""Trains the demo's model on the simulated season and writes its bundle.

    geocrop sample --points fields.geojson --year 2021 --out table.csv ...
    python -m pip install -r engine/training/requirements.txt
    python engine/training/train_simulated.py --table table.csv --out models/NAME

The table is what `geocrop sample` writes: id, lon, lat, label, field, n_obs, recipe, scenes, then the features. Fields are
held out whole: no field has pixels on both sides of the split, so the card's figures are for fields that the model has
never seen. The same table, seed and versions give the same bytes. What comes out is true of the simulation only, and the
card says so.
"""

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxmltools
import onnxruntime
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

# Class ids as they are served.
CLASSES = [
    "maize", "tobacco", "soybean", "cotton", "groundnut",
    "fallow", "woodland", "grass", "water", "built_up",
]  # fmt: skip
PALETTE = {
    "maize": "#f2c230",
    "tobacco": "#8c5a2b",
    "soybean": "#9bd13c",
    "cotton": "#e8e4f2",
    "groundnut": "#e0823d",
    "fallow": "#cbb58a",
    "woodland": "#1f6b3a",
    "grass": "#a9c99a",
    "water": "#2f7fd1",
    "built_up": "#c23b4b",
}
NOT_FEATURES = ["id", "lon", "lat", "label", "field", "year", "n_obs", "recipe", "scenes"]

MAX_ROUNDS = 60
DEPTH = 4
LEARNING_RATE = 0.25
# ONNX Runtime for Node 1.30 loads these; newer ones bring nothing for tree ensembles.
ONNX_OPSET = 15
# Sums of 60 float32 leaves and a softmax, in two implementations.
PARITY_TOLERANCE = 1e-5
# Probabilities are kept away from 0 in the log loss, as scikit-learn does for float32.
LOG_LOSS_FLOOR = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Table:
    features: list[str]
    rows: np.ndarray  # float32 [n, features]
    label: np.ndarray  # int, index into `classes`
    field: np.ndarray  # str
    classes: list[str]
    recipe: str | None
    left_out: int


def main() -> None:
    options = arguments()
    table = read_table(options.table)
    held_out = hold_out_fields(table, options.held_out, options.seed)
    test = np.isin(table.field, held_out)

    booster = xgboost.XGBClassifier(
        n_estimators=options.rounds,
        max_depth=DEPTH,
        learning_rate=LEARNING_RATE,
        tree_method="hist",
        n_jobs=1,
        random_state=options.seed,
    ).fit(table.rows[~test], table.label[~test])

    model = to_onnx(booster, len(table.features))
    parity = check_parity(booster, model, table.rows)
    scores = evaluate(booster.predict_proba(table.rows[test]), table.label[test], table.classes)
    card = {
        "simulated": True,
        "trainedOn": "A simulated season, sampled by `geocrop sample`. Says nothing about real fields.",
        "pixelsRecipe": table.recipe,
        "pixels": {"trained": int((~test).sum()), "heldOut": int(test.sum()), "withoutFeatures": table.left_out},
        "fields": {"trained": len(set(table.field)) - len(held_out), "heldOut": len(held_out)},
        **scores,
        "heldOutFields": held_out,
        "algorithm": {
            "library": f"xgboost {xgboost.__version__}",
            "rounds": options.rounds,
            "depth": DEPTH,
            "learningRate": LEARNING_RATE,
            "seed": options.seed,
            "largestDifferenceOfOnnx": parity,
        },
    }
    write_bundle(options, table, model, card)
    report(card, options.out)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=Path, required=True, help="CSV by `geocrop sample`")
    parser.add_argument("--out", type=Path, required=True, help="the bundle's folder")
    parser.add_argument("--name", help="the model's name; default: the folder's")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--palette", type=Path, help='JSON {"class": "#rrggbb"}; default: the script\'s')
    parser.add_argument("--rounds", type=int, default=MAX_ROUNDS)
    parser.add_argument("--held-out", type=float, default=0.3, help="share of each class's fields")
    parser.add_argument("--seed", type=int, default=20211)
    options = parser.parse_args()
    if not 1 <= options.rounds <= MAX_ROUNDS:
        parser.error(f"--rounds: from 1 to {MAX_ROUNDS}")
    if not 0 < options.held_out < 1:
        parser.error("--held-out: between 0 and 1")
    return options


def read_table(path: Path) -> Table:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or []
        lines = list(reader)
    missing = [name for name in ("label", "field") if name not in header]
    if missing or not lines:
        sys.exit(f"{path}: " + (f"lacks the columns {', '.join(missing)}" if missing else "has no rows"))
    features = [name for name in header if name not in NOT_FEATURES]
    if not features:
        sys.exit(f"{path}: has no features")

    # A pixel with fewer than 3 observations has empty features: nobody can classify it, so nobody learns from it.
    rows = np.array([[number(line[name]) for name in features] for line in lines], np.float64)
    good = np.isfinite(rows).all(axis=1)
    if not good.any():
        sys.exit(f"{path}: no row has all {len(features)} features")
    names = np.array([line["label"].strip().lower().replace("-", "_") for line in lines])
    unknown = sorted(set(names) - set(CLASSES))
    if unknown:
        sys.exit(f"{path}: unknown labels {', '.join(unknown)}; known are {', '.join(CLASSES)}")
    recipes = sorted({line.get("recipe") or "" for line in lines} - {""})
    if len(recipes) > 1:
        sys.exit(f"{path}: rows of different pixels recipes ({', '.join(recipes)}) cannot train one model")
    field = np.array([line["field"] for line in lines])
    check_fields(path, field, names)

    classes = [name for name in CLASSES if name in set(names[good])]
    return Table(
        features=features,
        rows=rows[good].astype(np.float32),
        label=np.array([classes.index(name) for name in names[good]]),
        field=field[good],
        classes=classes,
        recipe=recipes[0] if recipes else None,
        left_out=int((~good).sum()),
    )


def number(text: str | None) -> float:
    return float(text) if text not in (None, "", "null") else np.nan


def check_fields(path: Path, field: np.ndarray, names: np.ndarray) -> None:
    label_of: dict[str, str] = {}
    for one, name in zip(field, names):
        if one == "":
            sys.exit(f"{path}: a row has no field; without it pixels of one field would be on both sides of the split")
        if label_of.setdefault(one, name) != name:
            sys.exit(f"{path}: field {one} is both {label_of[one]} and {name}")


def hold_out_fields(table: Table, share: float, seed: int) -> list[str]:
    """Fields for the test, drawn class by class, so that each class has some on both sides."""
    rng = np.random.default_rng(seed)
    held_out: list[str] = []
    for index, name in enumerate(table.classes):
        fields = np.unique(table.field[table.label == index])
        if len(fields) < 2:
            sys.exit(f"{name}: {len(fields)} field; at least two are needed, one to learn from and one to test on")
        count = min(max(1, round(share * len(fields))), len(fields) - 1)
        held_out += rng.permutation(fields)[:count].tolist()
    return sorted(held_out)


def to_onnx(booster: xgboost.XGBClassifier, width: int):
    model = onnxmltools.convert_xgboost(
        booster, initial_types=[("features", FloatTensorType([None, width]))], target_opset=ONNX_OPSET
    )
    model.graph.name = "xgboost"  # the converter writes a random one
    return model


def check_parity(booster: xgboost.XGBClassifier, model, rows: np.ndarray) -> float:
    """Largest difference between ONNX Runtime's probabilities and XGBoost's own; stops where they contradict each other."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    got = session.run(["probabilities"], {"features": rows})[0]
    own = booster.predict_proba(rows)
    worst = float(np.abs(got - own).max())
    if worst > PARITY_TOLERANCE:
        sys.exit(f"ONNX differs from XGBoost by {worst:.2g}; at most {PARITY_TOLERANCE} is rounding")
    return worst


def evaluate(probability: np.ndarray, label: np.ndarray, classes: list[str]) -> dict:
    given = probability.argmax(axis=1)
    matrix = np.zeros((len(classes), len(classes)), int)
    np.add.at(matrix, (label, given), 1)
    right = probability[np.arange(len(label)), label].astype(np.float64)
    per_class = {}
    for index, name in enumerate(classes):
        hit, said, there = matrix[index, index], matrix[:, index].sum(), matrix[index].sum()
        per_class[name] = {
            "precision": round(float(hit / said), 4) if said else None,
            "recall": round(float(hit / there), 4) if there else None,
            "pixels": int(there),
        }
    return {
        "accuracy": round(float((given == label).mean()), 4),
        "logLoss": round(float(-np.log(np.maximum(right, LOG_LOSS_FLOOR)).mean()), 4),
        "alwaysTheCommonest": round(float(matrix.sum(axis=1).max() / len(label)), 4),
        "perClass": per_class,
        "confusionMatrix": {"rows": "truth", "columns": "map", "classes": classes, "pixels": matrix.tolist()},
    }


def write_bundle(options: argparse.Namespace, table: Table, model, card: dict) -> None:
    palette = json.loads(options.palette.read_text("utf-8")) if options.palette else PALETTE
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "xgboost.onnx").write_bytes(model.SerializeToString())
    documents = {
        "bundle.json": {
            "name": options.name or options.out.resolve().name,
            "version": options.version,
            "featureOrder": "FEATURE_ORDER_V1",
            "smoothing": 5,
            "members": [{"file": "xgboost.onnx", "weight": 1, "classes": table.classes}],
            "card": card,
        },
        "selected_features.json": table.features,
        "label_encoder.json": {"classes": table.classes},
        "palette.json": {name: palette[name] for name in table.classes if name in palette},
    }
    for name, document in documents.items():
        (options.out / name).write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def report(card: dict, out: Path) -> None:
    fields, pixels = card["fields"], card["pixels"]
    print(f"trained on {pixels['trained']} pixels of {fields['trained']} fields")
    print(
        f"accuracy {card['accuracy']:.1%}, log loss {card['logLoss']:.3f} on {pixels['heldOut']} pixels of "
        f"{fields['heldOut']} fields not seen (always the commonest class: {card['alwaysTheCommonest']:.1%})"
    )
    for name, scores in card["perClass"].items():
        figures = (f"{'-' if x is None else format(x, '.3f'):>6}" for x in (scores["precision"], scores["recall"]))
        print(f"  {name:<10} precision {next(figures)}  recall {next(figures)}  ({scores['pixels']} pixels)")
    print(f"bundle written to {out}")


if __name__ == "__main__":
    main()
