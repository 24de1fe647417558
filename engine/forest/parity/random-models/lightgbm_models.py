"""Random LightGBM models."""

import lightgbm as lgb
import numpy as np

from made import Made, both, by_column
from tables import Table, table


def thresholds_of(booster, columns):
    features, thresholds = [], []
    for line in booster.model_to_string().splitlines():
        if line.startswith("split_feature="):
            features += [int(v) for v in line.split("=")[1].split()]
        if line.startswith("threshold="):
            thresholds += [float(v) for v in line.split("=")[1].split()]
    return by_column(columns, features, thresholds)


def train(rng, data, params, rounds, drawn, gradients=None):
    params = {
        "objective": "binary" if data.classes == 2 else "multiclass",
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
        "seed": int(rng.integers(1 << 30)),
        "feature_pre_filter": False,
        **params,
    }
    if params["objective"] == "multiclass":
        params["num_class"] = data.classes
    if gradients is None:
        booster = lgb.train(params, lgb.Dataset(data.x, data.y), rounds)
    else:
        booster = lgb.train({**params, "objective": gradients}, lgb.Dataset(data.x, data.y), rounds)
        # The text names no objective that was handed over.
        text = booster.model_to_string().replace("\nfeature_names=", "\nobjective=binary sigmoid:1\nfeature_names=", 1)
        booster = lgb.Booster(model_str=text)
    def predict(rows):
        p = booster.predict(rows, num_threads=1)
        return both(p) if params["objective"] == "binary" else p

    return Made(
        data,
        {**drawn, **params, "rounds": rounds},
        ".txt",
        booster.save_model,
        thresholds_of(booster, data.x.shape[1]),
        {"LightGBM": predict},
    )


def shape(rng, classes):
    return {"rows": int(rng.integers(200, 900)), "columns": max(1, int(np.exp(rng.uniform(0, np.log(300))))), "classes": classes}


def usual(rng):
    depth = int(rng.integers(1, 13))
    params = {
        "max_depth": depth,
        "num_leaves": int(min(2**depth, rng.choice([2, 15, 31, 300]))),
        "max_bin": int(rng.choice([3, 63, 255, 2000])),
        "learning_rate": float(rng.choice([0.05, 0.3, 1.0])),
        "min_data_in_leaf": int(rng.choice([1, 5, 20])),
        "min_data_in_bin": int(rng.choice([1, 3])),
        "lambda_l2": float(rng.choice([0.0, 1.0])),
        "feature_fraction": float(rng.choice([0.5, 1.0])),
        "extra_trees": bool(rng.random() < 0.25),
        "boost_from_average": bool(rng.random() < 0.7),
        "use_missing": bool(rng.random() < 0.8),
    }
    # A tree of one leaf has no two.
    params["num_leaves"] = max(2, params["num_leaves"])
    return params


def gbdt(rng, classes):
    drawn = shape(rng, classes)
    params = usual(rng)
    if classes == 2:
        params["sigmoid"] = float(rng.choice([1.0, 1.0, 0.5, 2.0]))
        if rng.random() < 0.2:
            params["objective"] = "multiclass"
    return train(rng, table(rng, **drawn, missing=rng.random() < 0.6), params, int(rng.integers(1, 12 if classes > 6 else 30)), drawn)


def multiclass(rng):
    return gbdt(rng, int(rng.choice([3, 4, 5, 8, 13, 20])))


def binary(rng):
    return gbdt(rng, 2)


def rf(rng):
    drawn = shape(rng, int(rng.integers(2, 12)))
    params = usual(rng) | {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "feature_fraction": 0.7}
    return train(rng, table(rng, **drawn), params, int(rng.integers(1, 12)), drawn)


def degenerate(rng):
    """Single leaves: features without a split, one label only, too few rows; leaves of thousands."""
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
        params["min_gain_to_split"] = 1e9
    elif what == "large leaves":
        params |= {"learning_rate": float(10.0 ** rng.integers(1, 4)), "min_data_in_leaf": 1, "lambda_l2": 0.0}
    return train(rng, data, params, int(rng.integers(1, 6)), drawn)


def deep_chain(rng):
    """Ordered rows with a gradient that doubles from row to row: every split cuts off one end."""
    rows, left = int(rng.integers(100, 110)), bool(rng.random() < 0.5)
    x = np.arange(rows, dtype=np.float32)[:, None] * np.float32(rng.choice([1.0, 0.1]))
    x = np.concatenate([x if left else -x, rng.normal(size=(rows, 2)).astype(np.float32)], axis=1)
    data = Table(x, np.arange(rows) % 2, 2)
    gradient = 1e-3 * 2.0 ** np.arange(rows) * np.where(data.y == 0, -1, 1)
    params = {"max_depth": -1, "num_leaves": rows, "max_bin": 1000, "min_data_in_leaf": 1, "min_data_in_bin": 1}
    params |= {"min_sum_hessian_in_leaf": 0.0, "learning_rate": 2e3 * 2.0**-rows, "boost_from_average": False}
    return train(rng, data, params, 3, {"rows": rows, "left": left}, lambda *_: (gradient, np.ones(rows)))


def many_thresholds(rng):
    """More thresholds on a feature than a byte counts, most of them between two float32."""
    rows = int(rng.integers(1500, 2500))
    data = table(rng, rows, 2, 2, missing=rng.random() < 0.5)
    steps = 1 + np.arange(rows) * np.float64(np.finfo(np.float32).eps)
    data.x[:, 0] = np.where(np.isnan(data.x[:, 0]), np.nan, rng.permutation(steps))
    data.y[2:] = rng.integers(2, size=rows - 2)
    params = {"num_leaves": 1000, "max_bin": 4000, "min_data_in_leaf": 1, "min_data_in_bin": 1, "learning_rate": 0.3}
    return train(rng, data, params, int(rng.integers(3, 8)), {"rows": rows})
