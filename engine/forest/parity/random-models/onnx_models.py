"""Random models as skl2onnx, onnxmltools and CatBoost write them in ONNX."""

import logging
import tempfile

import numpy as np
import onnxruntime as ort
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
import lightgbm as lgb
import xgboost as xgb

import catboost_models
import xgboost_models
from made import Made, by_column, finite_rows, only
from tables import table

logging.getLogger("skl2onnx").setLevel(logging.ERROR)


def onnxruntime(model):
    """Predictions of ONNX Runtime for the converter's own file, ZipMap and all."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def predict(rows):
        p = session.run(None, {session.get_inputs()[0].name: rows})[1]
        return np.array([[r[k] for k in sorted(r)] for r in p] if isinstance(p, list) else p, np.float64)

    return predict


def written(model):
    def write(path):
        with open(path, "wb") as file:
            file.write(model)

    return write


def shape(rng):
    return {"rows": int(rng.integers(200, 500)), "columns": int(rng.integers(1, 40)), "classes": int(rng.integers(2, 12))}


def scikit_learn(rng):
    drawn = shape(rng)
    data = table(rng, **drawn, missing=False)
    # Its means overflow with numbers of 1e30.
    data.x = np.clip(data.x, -1e6, 1e6)
    kind = [RandomForestClassifier, ExtraTreesClassifier, DecisionTreeClassifier][rng.integers(3)]
    params = {"max_depth": [None, 1, 3, 12][rng.integers(4)], "random_state": int(rng.integers(1 << 30))}
    if kind is not DecisionTreeClassifier:
        params |= {"n_estimators": int(rng.integers(1, 12)), "n_jobs": 1}
    if kind is RandomForestClassifier:
        params["criterion"] = str(rng.choice(["gini", "entropy"]))
    model = kind(**params).fit(data.x, data.y)
    zipmap = bool(rng.random() < 0.5)
    onnx = to_onnx(model, data.x[:1], options={id(model): {"zipmap": zipmap}}).SerializeToString()
    trees = [t.tree_ for t in getattr(model, "estimators_", [model])]
    features = np.concatenate([t.feature for t in trees])
    thresholds = np.concatenate([t.threshold for t in trees])
    return Made(
        data,
        {**drawn, "model": kind.__name__, **params, "zipmap": zipmap},
        ".onnx",
        written(onnx),
        by_column(data.x.shape[1], features, thresholds),
        {"the converter's file": onnxruntime(onnx), "scikit-learn": only(finite_rows, model.predict_proba)},
    )


def xgboost(rng):
    drawn = shape(rng)
    data = table(rng, **drawn, missing=rng.random() < 0.5)
    params = {"n_estimators": int(rng.integers(1, 12)), "max_depth": int(rng.integers(1, 9)), "n_jobs": 1}
    model = xgb.XGBClassifier(**params, random_state=int(rng.integers(1 << 30))).fit(data.x, data.y)
    onnx = convert_xgboost(model, initial_types=[("x", MlFloatTensorType([None, drawn["columns"]]))]).SerializeToString()
    def takes(rows):
        return ~np.isinf(rows).any(axis=1)  # its DMatrix takes no infinities

    return Made(
        data,
        {**drawn, **params},
        ".onnx",
        written(onnx),
        xgboost_models.thresholds_of(model.get_booster(), drawn["columns"]),
        {"the converter's file": onnxruntime(onnx), "XGBoost": only(takes, model.predict_proba)},
    )


def lightgbm(rng):
    drawn = shape(rng)
    # The converter forgets the way of missing values that were not in training.
    data = table(rng, **drawn, missing=False)
    params = {"n_estimators": int(rng.integers(1, 12)), "num_leaves": int(rng.integers(2, 40)), "min_child_samples": 3}
    model = lgb.LGBMClassifier(**params, n_jobs=1, verbose=-1, random_state=int(rng.integers(1 << 30))).fit(data.x, data.y)
    zipmap = bool(rng.random() < 0.5)
    onnx = convert_lightgbm(
        model, initial_types=[("x", MlFloatTensorType([None, drawn["columns"]]))], zipmap=zipmap
    ).SerializeToString()

    def takes(rows):
        # LightGBM's predictor takes |x| <= 1e-35 for 0, which the converter does not write down.
        return finite_rows(rows) & ~((rows != 0) & (np.abs(rows) <= np.float32(1e-35))).any(axis=1)

    nodes = model.booster_.trees_to_dataframe()
    nodes = nodes[nodes.split_feature.notna()] if "split_feature" in nodes else nodes[:0]
    features = [int(str(f).split("_")[1]) for f in nodes.split_feature]
    return Made(
        data,
        {**drawn, **params, "zipmap": zipmap},
        ".onnx",
        written(onnx),
        by_column(data.x.shape[1], features, nodes.threshold),
        {"the converter's file": onnxruntime(onnx), "LightGBM": only(takes, lambda rows: model.predict_proba(rows, num_threads=1))},
    )


def catboost(rng):
    made = catboost_models.symmetric(rng, int(rng.integers(2, 9)), ".onnx", missing=False)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        made.write(file.name)
        made.predict = {"the converter's file": onnxruntime(file.read()), "CatBoost": only(finite_rows, made.predict["CatBoost"])}
    return made
