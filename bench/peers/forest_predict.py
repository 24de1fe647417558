"""A library's own predict on one thread, tile by tile as it is asked for, so that runtimes can take turns.

    python forest_predict.py FOLDER xgboost|lightgbm|catboost

Writes a line when the model of forest_train.py is loaded. Then for each line on standard input, a path without its `.bin`:
reads that file when it sees it first (float32 [features, pixels]), predicts, and writes a line when it is done. Probabilities
of the first time go to PATH-LIBRARY.bin (float64 [pixels, classes]).
"""

import sys
from pathlib import Path

import numpy as np

PIXELS = 65_536


def load_xgboost(folder):
    import xgboost

    booster = xgboost.Booster(model_file=folder / "xgboost.json")
    booster.set_param({"nthread": 1})
    return booster.inplace_predict


def load_lightgbm(folder):
    import lightgbm

    booster = lightgbm.Booster(model_file=folder / "lightgbm.txt")
    return lambda x: booster.predict(x, num_threads=1)


def load_catboost(folder):
    import catboost

    model = catboost.CatBoostClassifier().load_model(str(folder / "catboost.json"), format="json")
    return lambda x: model.predict_proba(x, thread_count=1)


def main(folder, library):
    predict = {"xgboost": load_xgboost, "lightgbm": load_lightgbm, "catboost": load_catboost}[library](folder)
    tiles = {}
    print("loaded", flush=True)
    for line in sys.stdin:
        path = line.strip()
        first = path not in tiles
        if first:
            tiles[path] = np.ascontiguousarray(np.fromfile(f"{path}.bin", np.float32).reshape(-1, PIXELS).T)
        probabilities = predict(tiles[path])
        if first:
            probabilities.astype(np.float64).tofile(f"{path}-{library}.bin")
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
