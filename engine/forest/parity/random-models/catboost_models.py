"""Random CatBoost models: symmetric trees."""

import json
import os
import tempfile

import catboost as cb
import numpy as np

from made import Made, by_column
from tables import table


def thresholds_of(model, columns):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        model.save_model(path, format="json")
        with open(path) as file:
            features = json.load(file)["features_info"]["float_features"]
    borders = [np.array(f.get("borders") or [], np.float64) for f in features]
    return by_column(
        columns, np.repeat([f["flat_feature_index"] for f in features], [len(b) for b in borders]), np.concatenate(borders)
    )


def train(rng, data, params, drawn, suffix=".json"):
    params = {
        "loss_function": "Logloss" if data.classes == 2 else "MultiClass",
        "thread_count": 1,
        "random_seed": int(rng.integers(1 << 30)),
        "allow_writing_files": False,
        "verbose": False,
        **params,
    }
    model = cb.CatBoostClassifier(**params)
    model.fit(data.x, data.y)
    form = "json" if suffix == ".json" else "onnx"
    return Made(
        data,
        {**drawn, **params},
        suffix,
        lambda path: model.save_model(path, format=form),
        thresholds_of(model, data.x.shape[1]),
        {"CatBoost": lambda rows: model.predict_proba(rows, thread_count=1)},
    )


def usual(rng, classes):
    depth = int(rng.integers(1, 11))
    # Leaves are held for all classes: deep trees of many classes stay few.
    most = max(1, min(25, 15_000 // (2**depth * classes)))
    return {
        "depth": depth,
        "iterations": int(rng.integers(1, most + 1)),
        "learning_rate": float(rng.choice([0.1, 0.3, 1.0])),
        "l2_leaf_reg": float(rng.choice([0.1, 3.0])),
        "border_count": int(rng.choice([1, 8, 128, 254])),
        "nan_mode": str(rng.choice(["Min", "Max"])),
        "feature_border_type": str(rng.choice(["GreedyLogSum", "Median", "Uniform"])),
        "bootstrap_type": str(rng.choice(["Bayesian", "Bernoulli", "No"])),
        "random_strength": float(rng.choice([0.0, 1.0])),
    }


def symmetric(rng, classes, suffix=".json", missing=None):
    rows, columns = int(rng.integers(200, 700)), max(1, int(np.exp(rng.uniform(0, np.log(300)))))
    drawn = {"rows": rows, "columns": columns, "classes": classes}
    data = table(rng, **drawn, missing=rng.random() < 0.6 if missing is None else missing)
    data.x[: rows // 2, 0] = np.where(np.isnan(data.x[: rows // 2, 0]), np.nan, 7)  # at least one column varies
    return train(rng, data, usual(rng, classes), drawn, suffix)


def multiclass(rng):
    return symmetric(rng, int(rng.choice([3, 4, 5, 8, 13, 20])))


def binary(rng):
    return symmetric(rng, 2)


def degenerate(rng):
    """One column, two values, leaves of thousands."""
    what = str(rng.choice(["two values", "one column", "large leaves"]))
    classes = int(rng.integers(2, 6))
    drawn = {"what": what, "rows": 200, "columns": 1 if what == "one column" else int(rng.integers(1, 8)), "classes": classes}
    data = table(rng, **{k: v for k, v in drawn.items() if k != "what"})
    data.x[:100, 0] = 7
    params = usual(rng, classes) | {"depth": int(rng.integers(1, 4)), "iterations": 4}
    if what == "two values":
        data.x[:] = 1
        data.x[:20] = 2
        params["feature_border_type"] = "GreedyLogSum"
    elif what == "large leaves":
        params |= {"learning_rate": float(10.0 ** rng.integers(1, 4)), "l2_leaf_reg": 1e-6, "leaf_estimation_iterations": 1}
    return train(rng, data, params, drawn)


def many_thresholds(rng):
    """More thresholds on a feature than a byte counts."""
    rows = int(rng.integers(1500, 2500))
    data = table(rng, rows, 1, int(rng.integers(2, 4)), missing=rng.random() < 0.5)
    data.x[:, 0] = np.where(np.isnan(data.x[:, 0]), np.nan, rng.normal(size=rows))
    data.y[4:] = rng.integers(data.classes, size=rows - 4)
    params = usual(rng, data.classes) | {"depth": 6, "iterations": 100, "border_count": 2000, "random_strength": 5.0}
    return train(rng, data, params, {"rows": rows})
