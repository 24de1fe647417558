"""XGBoost's own predict on a tile, one thread, and the same trees as a bundle with ONNX for onnxruntime-node.

    python xgboost_predict.py FOLDER

FOLDER holds features.bin (float32 [51, pixels]), labels.bin (uint8 [pixels]) and selected_features.json as
bench/inference.ts writes them. Trains once and keeps the model there; writes probabilities.bin (float32 [pixels, 8]) and the
bundle. Prints {"seconds": [...]} of each prediction.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxmltools
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

CLASSES = 8
ROUNDS, DEPTH = 200, 6
TRAINING_ROWS = 12_000
RUNS = 3


def train(x, y):
    rows = np.random.default_rng(6).choice(len(x), TRAINING_ROWS, replace=False)
    # Labels that are not always right keep the trees growing to their full depth, as they do on real fields.
    noisy = np.where(np.random.default_rng(7).random(len(rows)) < 0.1, (y[rows] + 3) % CLASSES, y[rows])
    model = xgboost.XGBClassifier(
        n_estimators=ROUNDS, max_depth=DEPTH, learning_rate=0.05, tree_method="hist", n_jobs=2, random_state=6
    )
    return model.fit(x[rows], noisy)


def write_bundle(model, folder, width):
    converted = onnxmltools.convert_xgboost(model, initial_types=[("input", FloatTensorType([None, width]))])
    (folder / "xgboost.onnx").write_bytes(converted.SerializeToString())
    classes = [f"crop_{i}" for i in range(CLASSES)]
    bundle = {
        "name": "large-model", "version": "1", "featureOrder": "FEATURE_ORDER_V1", "smoothing": 5,
        "members": [{"file": "xgboost.onnx", "weight": 1, "classes": classes}],
        "card": {"trainedOn": "bench/peers/xgboost_predict.py"},
    }  # fmt: skip
    (folder / "bundle.json").write_text(json.dumps(bundle))
    (folder / "label_encoder.json").write_text(json.dumps({"classes": classes}))


def main(folder):
    names = json.loads((folder / "selected_features.json").read_text())
    x = np.ascontiguousarray(np.fromfile(folder / "features.bin", np.float32).reshape(len(names), -1).T)
    path = folder / "model.json"
    model = xgboost.XGBClassifier()
    if path.exists() and (folder / "bundle.json").exists():
        model.load_model(path)
    else:
        model = train(x, np.fromfile(folder / "labels.bin", np.uint8))
        model.save_model(path)
        write_bundle(model, folder, len(names))
    booster = model.get_booster()
    booster.set_param({"nthread": 1})
    seconds = []
    for run in range(RUNS + 1):
        begun = time.perf_counter()
        probabilities = booster.inplace_predict(x)
        if run > 0:
            seconds.append(time.perf_counter() - begun)
    probabilities.astype(np.float32).tofile(folder / "probabilities.bin")
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
