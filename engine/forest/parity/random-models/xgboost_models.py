"""Random XGBoost models."""

import json

import numpy as np
import xgboost as xgb

from made import Made, both, by_column, softmax
from tables import table, Table


def thresholds_of(booster, columns):
    document = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]
    trees = document.get("gbtree", document)["model"]["trees"]
    inner = [np.array(t["left_children"]) >= 0 for t in trees]
    of = lambda key: np.concatenate([np.array(t[key])[i] for t, i in zip(trees, inner)])
    # The text of a float32: as a double it may be another number.
    return by_column(columns, of("split_indices"), of("split_conditions").astype(np.float32))


def train(rng, data, params, rounds, drawn, gradients=None):
    params = {"nthread": 1, "verbosity": 0, "seed": int(rng.integers(1 << 30)), **params}
    if data.classes == 2 and "num_class" not in params:
        params["objective"] = "binary:logistic"
    else:
        params.setdefault("objective", str(rng.choice(["multi:softprob", "multi:softmax"])))
        params["num_class"] = data.classes
    booster = xgb.train(params, xgb.DMatrix(data.x, data.y, nthread=1), rounds, obj=gradients)

    def predict(rows):
        # In place: a DMatrix takes no infinities.
        if params["objective"] == "multi:softmax":
            return softmax(booster.inplace_predict(rows, predict_type="margin").astype(np.float64))
        p = booster.inplace_predict(rows)
        return both(p) if params["objective"] == "binary:logistic" else p

    return Made(
        data,
        {**drawn, **params, "rounds": rounds},
        str(rng.choice([".json", ".ubj"])),
        booster.save_model,
        thresholds_of(booster, data.x.shape[1]),
        {"XGBoost": predict},
    )


def shape(rng, classes):
    rows, columns = int(rng.integers(200, 900)), int(np.exp(rng.uniform(0, np.log(300))))
    return {"rows": rows, "columns": max(1, columns), "classes": classes}


def usual(rng):
    return {
        "max_depth": int(rng.integers(1, 13)),
        "tree_method": str(rng.choice(["hist", "exact", "approx"])),
        "max_bin": int(rng.choice([4, 64, 256, 1024])),
        "eta": float(rng.choice([0.1, 0.3, 1.0])),
        "min_child_weight": float(rng.choice([0.0, 1.0, 5.0])),
        "reg_lambda": float(rng.choice([0.0, 1.0])),
        "gamma": float(rng.choice([0.0, 0.5])),
        "subsample": float(rng.choice([0.5, 1.0])),
        "colsample_bytree": float(rng.choice([0.3, 1.0])),
    }


def gbtree(rng, classes):
    drawn = shape(rng, classes)
    data = table(rng, **drawn, missing=rng.random() < 0.6)
    params = usual(rng)
    if rng.random() < 0.3:
        params |= {"grow_policy": "lossguide", "tree_method": "hist", "max_leaves": int(rng.integers(2, 64)), "max_depth": 0}
    if rng.random() < 0.4:
        params["base_score"] = float(rng.choice([0.1, 0.5, 0.9999]))
    return train(rng, data, params, int(rng.integers(1, 12 if classes > 6 else 30)), drawn)


def multiclass(rng):
    return gbtree(rng, int(rng.choice([3, 4, 5, 8, 13, 20])))


def binary(rng):
    return gbtree(rng, 2)


def parallel_trees(rng):
    """Forests, also boosted ones."""
    drawn = shape(rng, int(rng.integers(2, 8)))
    params = usual(rng) | {"num_parallel_tree": int(rng.integers(2, 9)), "subsample": 0.6}
    if drawn["classes"] == 2 and rng.random() < 0.5:
        params["num_class"] = 2  # multi:* with two classes
    return train(rng, table(rng, **drawn), params, int(rng.integers(1, 4)), drawn)


def degenerate(rng):
    """Single leaves: features without a split, one label only, a gain that nothing reaches; leaves of thousands."""
    what = str(rng.choice(["constant features", "one label", "no gain", "large leaves", "one column"]))
    classes = int(rng.integers(2, 6))
    drawn = {"what": what, "rows": 200, "columns": 1 if what == "one column" else int(rng.integers(1, 12)), "classes": classes}
    data = table(rng, **{k: v for k, v in drawn.items() if k != "what"})
    params = usual(rng)
    if what == "constant features":
        data.x[:] = rng.choice([0.0, 2.5])
    elif what == "one label":
        data.y[:] = rng.integers(classes)
    elif what == "no gain":
        params["gamma"] = 1e9
    elif what == "large leaves":
        params |= {"eta": float(10.0 ** rng.integers(1, 4)), "reg_lambda": 0.0, "min_child_weight": 0.0}
    if rng.random() < 0.5:
        params["base_score"] = float(rng.choice([1e-8, 0.01, 0.7, 0.9999, 1 - 1e-7]))
    return train(rng, data, params, int(rng.integers(1, 6)), drawn)


def deep_chain(rng):
    """Ordered rows with a gradient that doubles from row to row: every split cuts off one end."""
    rows, classes = int(rng.integers(56, 64)), int(rng.integers(2, 4))
    x = np.arange(rows, dtype=np.float32)[:, None] * np.float32(rng.choice([1.0, 0.1]))
    x = np.concatenate([x, rng.normal(size=(rows, 2)).astype(np.float32)], axis=1)
    data = Table(x, np.arange(rows) % classes, classes)
    gradient = 1e-3 * 2.0 ** np.arange(rows) * np.where(data.y == 0, -1, 1)

    def doubling(predicted, _):
        g = gradient if predicted.ndim == 1 else np.stack([gradient] * predicted.shape[1], axis=1)
        return g, np.ones_like(g)

    params = {"tree_method": "exact", "max_depth": 150, "min_child_weight": 0.0, "reg_lambda": 0.0, "eta": 1e-14}
    return train(rng, data, params, 2, {"rows": rows, "classes": classes}, doubling)


def many_thresholds(rng):
    """More thresholds on a feature than a byte counts: every value is one."""
    rows = int(rng.integers(1500, 2500))
    data = table(rng, rows, 2, 2, missing=rng.random() < 0.5)
    data.x[:, 0] = np.where(np.isnan(data.x[:, 0]), np.nan, rng.normal(size=rows))
    data.y[2:] = rng.integers(2, size=rows - 2)
    params = {"tree_method": "exact", "max_depth": 12, "min_child_weight": 0.0, "reg_lambda": 0.1, "eta": 0.3}
    return train(rng, data, params, int(rng.integers(3, 8)), {"rows": rows})
