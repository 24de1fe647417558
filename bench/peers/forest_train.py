"""Trains one large model for the comparison of runtimes, with the library that is named, and writes it as the library does.

    python forest_train.py FOLDER xgboost|lightgbm|catboost

FOLDER holds features.bin (float32 [features, pixels]) and labels.bin (uint8 [pixels]), as bench/forest writes them. Writes
xgboost.json, lightgbm.txt, or catboost.json. Everything is seeded.
"""

import sys
from pathlib import Path

import numpy as np

CLASSES = 8
TRAINING_ROWS = 12_000


def training_rows(folder):
    y = np.fromfile(folder / "labels.bin", np.uint8)
    x = np.fromfile(folder / "features.bin", np.float32).reshape(-1, len(y)).T
    rows = np.random.default_rng(6).choice(len(y), TRAINING_ROWS, replace=False)
    # Labels that are not always right keep the trees growing to their full size, as they do on real fields.
    noisy = np.where(np.random.default_rng(7).random(len(rows)) < 0.1, (y[rows] + 3) % CLASSES, y[rows])
    return np.ascontiguousarray(x[rows]), noisy


def train_xgboost(x, y, folder):
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=200, max_depth=6, learning_rate=0.05, tree_method="hist", n_jobs=2, random_state=6
    )
    model.fit(x, y).save_model(folder / "xgboost.json")


def train_lightgbm(x, y, folder):
    import lightgbm

    settings = {
        "objective": "multiclass", "num_class": CLASSES, "num_leaves": 63, "learning_rate": 0.05,
        "min_data_in_leaf": 5, "num_threads": 2, "seed": 6, "deterministic": True, "verbosity": -1,
    }  # fmt: skip
    lightgbm.train(settings, lightgbm.Dataset(x, y), 200).save_model(folder / "lightgbm.txt")


def train_catboost(x, y, folder):
    import catboost

    model = catboost.CatBoostClassifier(
        iterations=500, depth=6, loss_function="MultiClass", thread_count=2, random_seed=6,
        verbose=False, allow_writing_files=False,
    )  # fmt: skip
    model.fit(x, y).save_model(str(folder / "catboost.json"), format="json")


if __name__ == "__main__":
    target, library = Path(sys.argv[1]), sys.argv[2]
    {"xgboost": train_xgboost, "lightgbm": train_lightgbm, "catboost": train_catboost}[library](
        *training_rows(target), target
    )
