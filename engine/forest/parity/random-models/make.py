"""
Makes the random models that the forest tests hold our readers, ONNX writer and kernel against, with rows and what the
libraries themselves predict for them:

    python make.py --out FOLDER [--only SEED] [--times N]

Writes index.json, a list of {seed, kind, params, file, columns, classes, rows, rowsFile, nearFile, predictions: [{by, file}]}:
rows are float32 [rows, columns], predictions float64 [rows, classes] (NaN: the library does not take that row), near uint8 [rows],
1 where a value of the row is a rounding away from a threshold of the library. All little-endian, row-major.

The same seed gives the same model wherever the versions in engine/training/requirements.txt are installed.
"""

import argparse
import json
import os
import time
import warnings

import numpy as np

import catboost_models
import lightgbm_models
import onnx_models
import other_models
import sklearn_models
import xgboost_models
from tables import rounding_away, rows_for

# kind: (maker, how many). Seeds are 1000 × (place in this table + 1) + 0, 1, 2, …
KINDS = {
    "xgboost multiclass": (xgboost_models.multiclass, 30),
    "xgboost binary": (xgboost_models.binary, 20),
    "xgboost parallel trees": (xgboost_models.parallel_trees, 12),
    "xgboost degenerate": (xgboost_models.degenerate, 20),
    "xgboost deep chain": (xgboost_models.deep_chain, 5),
    "xgboost many thresholds": (xgboost_models.many_thresholds, 5),
    "lightgbm multiclass": (lightgbm_models.multiclass, 30),
    "lightgbm binary": (lightgbm_models.binary, 20),
    "lightgbm rf": (lightgbm_models.rf, 15),
    "lightgbm degenerate": (lightgbm_models.degenerate, 20),
    "lightgbm deep chain": (lightgbm_models.deep_chain, 5),
    "lightgbm many thresholds": (lightgbm_models.many_thresholds, 5),
    "catboost multiclass": (catboost_models.multiclass, 30),
    "catboost binary": (catboost_models.binary, 25),
    "catboost degenerate": (catboost_models.degenerate, 15),
    "catboost many thresholds": (catboost_models.many_thresholds, 3),
    "random forest json": (sklearn_models.forest, 15),
    "more thresholds than two bytes count": (sklearn_models.more_than_two_bytes, 1),
    "onnx of scikit-learn": (onnx_models.scikit_learn, 20),
    "onnx of xgboost": (onnx_models.xgboost, 8),
    "onnx of lightgbm": (onnx_models.lightgbm, 8),
    "onnx of catboost": (onnx_models.catboost, 8),
    "other kinds": (other_models.other, 3 * len(other_models.VARIANTS)),
}


def make(seed, kind, out):
    rng = np.random.default_rng(seed)
    try:
        made = KINDS[kind][0](rng, seed % 1000) if kind == "other kinds" else KINDS[kind][0](rng)
    except Exception as error:
        raise RuntimeError(f"seed {seed}, {kind}") from error
    rows = rows_for(rng, made.data, made.thresholds)
    entry = {
        "seed": seed,
        "kind": kind,
        "params": made.params,
        "file": f"{seed}{made.suffix}",
        "columns": rows.shape[1],
        "classes": made.data.classes,
        "rows": len(rows),
        "rowsFile": f"{seed}.rows",
        "nearFile": f"{seed}.near",
        "predictions": [],
    }
    made.write(os.path.join(out, entry["file"]))
    rows.astype("<f4").tofile(os.path.join(out, entry["rowsFile"]))
    rounding_away(rows, made.thresholds).astype(np.uint8).tofile(os.path.join(out, entry["nearFile"]))
    for i, (by, predict) in enumerate(made.predict.items()):
        file = f"{seed}.{i}.predictions"
        p = np.asarray(predict(rows))
        if p.shape != (len(rows), made.data.classes):
            raise ValueError(f"seed {seed}, {kind}: {by} gives {p.shape}")
        p.astype("<f8").tofile(os.path.join(out, file))
        entry["predictions"].append({"by": by, "file": file})
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--only", type=int, metavar="SEED", help="this model alone")
    parser.add_argument("--times", type=int, default=1, help="so many times as many models, other ones too")
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    os.makedirs(args.out, exist_ok=True)
    index = []
    for place, (kind, (_, count)) in enumerate(KINDS.items()):
        start = time.perf_counter()
        first = 1000 * (place + 1)
        seeds = range(first, first + min(count * args.times, 1000))
        if args.only is not None:
            seeds = [args.only] if first <= args.only < first + 1000 else []
        index += [make(seed, kind, args.out) for seed in seeds]
        if seeds:
            print(f"{kind}: {len(seeds)} in {time.perf_counter() - start:.1f} s", flush=True)
    if not index:
        parser.error("no such seed")
    with open(os.path.join(args.out, "index.json"), "w") as file:
        json.dump(index, file)


if __name__ == "__main__":
    main()
