"""Random scikit-learn forests, written as the JSON of shared forests: their trees' own arrays."""

import json

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from made import Made, by_column, finite_rows, only
from tables import Table, table


def describe(model, columns):
    """The document of a forest of two classes."""
    trees = [estimator.tree_ for estimator in model.estimators_]
    return {
        "kind": f"sklearn {type(model).__name__}",
        "classes": [int(label) for label in model.classes_],
        "features": [f"feature {f}" for f in range(columns)],
        "trees": [
            {
                "left": t.children_left.tolist(),
                "right": t.children_right.tolist(),
                "feature": t.feature.tolist(),
                "threshold": t.threshold.tolist(),
                "proba1": t.value[:, 0, 1].tolist(),
            }
            for t in trees
        ],
    }


def fit(rng, data, kind, params, drawn):
    # Its sums overflow with numbers of 1e30.
    data.x = np.clip(data.x, -1e6, 1e6)
    params = params | {"n_jobs": 1, "random_state": int(rng.integers(1 << 30))}
    model = kind(**params).fit(data.x, data.y)
    trees = [estimator.tree_ for estimator in model.estimators_]

    def write(path):
        with open(path, "w") as file:
            # dump() writes number by number, in Python.
            file.write(json.dumps(describe(model, data.x.shape[1])))

    return Made(
        data,
        {**drawn, "model": kind.__name__, **params},
        ".json",
        write,
        by_column(
            data.x.shape[1],
            np.concatenate([t.feature for t in trees]),
            np.concatenate([t.threshold for t in trees]),
        ),
        {"scikit-learn": only(finite_rows, model.predict_proba)},
    )


def forest(rng):
    drawn = {"rows": int(rng.integers(200, 900)), "columns": int(rng.integers(1, 60)), "classes": 2}
    data = table(rng, **drawn, missing=False)
    kind = [RandomForestClassifier, ExtraTreesClassifier][rng.integers(2)]
    params = {"max_depth": [None, 1, 3, 12][rng.integers(4)], "n_estimators": int(rng.integers(1, 30))}
    return fit(rng, data, kind, params, drawn)


def more_than_two_bytes(rng):
    """More thresholds on a feature than two bytes count."""
    rows = 160_000
    data = Table(rng.permutation(rows).astype(np.float32)[:, None], rng.integers(2, size=rows), 2)
    return fit(rng, data, ExtraTreesClassifier, {"n_estimators": 2}, {"rows": rows})
