"""
Models of kinds that a reader may refuse: boosters, objectives, splits and leaves beyond the usual. One that it takes must
predict as the library does. Where the library gives no probabilities, it must be refused: its predictions here are NaN.
"""

import catboost as cb
import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

import catboost_models
import lightgbm_models
import xgboost_models
from made import Made, both
from tables import table


def none(classes):
    return lambda rows: np.full((len(rows), classes), np.nan)


def drawn(rng, classes=None):
    return {
        "rows": int(rng.integers(200, 400)),
        "columns": int(rng.integers(2, 12)),
        "classes": int(rng.integers(2, 5)) if classes is None else classes,
    }


def xgboost(rng, classes=None, predict=None, **params):
    shape = drawn(rng, classes)
    data = table(rng, **shape)
    params = {"nthread": 1, "verbosity": 0, "max_depth": int(rng.integers(1, 7)), **params}
    if "objective" not in params:
        params |= {"objective": "binary:logistic"} if data.classes == 2 else {"objective": "multi:softprob", "num_class": data.classes}
    booster = xgb.train(params, xgb.DMatrix(data.x, data.y, nthread=1), int(rng.integers(2, 12)))

    def usual(rows):
        # DART and linear models are predicted through a DMatrix, which takes no infinities.
        rows = np.where(np.isinf(rows), np.float32(3e38) * np.sign(rows), rows)
        p = booster.predict(xgb.DMatrix(rows, nthread=1))
        return both(p) if p.ndim == 1 else p

    thresholds = [np.zeros(0)] * shape["columns"]
    if params.get("booster") != "gblinear" and "multi_strategy" not in params:
        thresholds = xgboost_models.thresholds_of(booster, shape["columns"])
    suffix = str(rng.choice([".json", ".ubj"]))
    return Made(data, {**shape, **params}, suffix, booster.save_model, thresholds, {"XGBoost": predict or usual})


def xgboost_categories(rng):
    rows = 300
    x = rng.integers(0, 5, size=(rows, 2)).astype(np.float32)
    y = (x[:, 0] % 2).astype(int)
    frame = pd.DataFrame({"a": pd.Categorical(x[:, 0].astype(int)), "b": x[:, 1]})
    booster = xgb.train(
        {"nthread": 1, "verbosity": 0, "objective": "binary:logistic", "max_cat_to_onehot": 1},
        xgb.DMatrix(frame, y, enable_categorical=True, nthread=1),
        3,
    )
    data = xgboost_models.Table(x, y, 2)
    thresholds = [np.arange(5.0), np.arange(5.0)]
    return Made(data, {"categories": True}, ".json", booster.save_model, thresholds, {"XGBoost": none(2)})


def lightgbm(rng, classes=None, predict=None, integers=False, **params):
    shape = drawn(rng, classes)
    data = table(rng, **shape)
    if integers:
        data.x[:, 0] = rng.integers(0, 6, size=len(data.x))
        data.y = (data.x[:, 0] % 2).astype(int)
    params = {
        "objective": "binary" if data.classes == 2 else "multiclass",
        "num_threads": 1,
        "verbosity": -1,
        "num_leaves": 15,
        "min_data_in_leaf": 5,
        **params,
    }
    if params["objective"] in ("multiclass", "multiclassova"):
        params["num_class"] = data.classes
    booster = lgb.train(params, lgb.Dataset(data.x, data.y), int(rng.integers(2, 12)))

    def usual(rows):
        p = booster.predict(rows, num_threads=1)
        return both(p) if p.ndim == 1 else p

    thresholds = lightgbm_models.thresholds_of(booster, shape["columns"])
    return Made(data, {**shape, **params}, ".txt", booster.save_model, thresholds, {"LightGBM": predict or usual})


def catboost(rng, classes=None, predict=None, change=lambda model: None, **params):
    shape = drawn(rng, classes)
    data = table(rng, **shape, missing=params.get("nan_mode") != "Forbidden")
    data.x[: shape["rows"] // 2, 0] = 7
    params = {
        "loss_function": "Logloss" if data.classes == 2 else "MultiClass",
        "iterations": int(rng.integers(2, 12)),
        "thread_count": 1,
        "allow_writing_files": False,
        "verbose": False,
        "random_seed": int(rng.integers(1 << 30)),
        **params,
    }
    model = (cb.CatBoostRegressor if params["loss_function"] == "RMSE" else cb.CatBoostClassifier)(**params)
    model.fit(data.x, data.y)
    change(model)
    thresholds = catboost_models.thresholds_of(model, shape["columns"])
    write = lambda path: model.save_model(path, format="json")
    usual = lambda rows: model.predict_proba(rows, thread_count=1)
    return Made(data, {**shape, **params}, ".json", write, thresholds, {"CatBoost": predict or usual})


def raw(rng):
    made = xgboost(rng, 2, objective="binary:logitraw")
    margin = made.predict["XGBoost"]
    made.predict = {"XGBoost": lambda rows: both(1 / (1 + np.exp(-margin(rows)[:, 1])))}
    return made


VARIANTS = {
    "xgboost dart": lambda rng: xgboost(rng, booster="dart", rate_drop=0.5),
    "xgboost linear": lambda rng: xgboost(rng, booster="gblinear"),
    "xgboost vector leaves": lambda rng: xgboost(rng, 4, multi_strategy="multi_output_tree", tree_method="hist"),
    "xgboost raw margins": raw,
    "xgboost logistic regression": lambda rng: xgboost(rng, 2, objective="reg:logistic"),
    "xgboost regression": lambda rng: xgboost(rng, 2, none(2), objective="reg:squarederror"),
    "xgboost counts": lambda rng: xgboost(rng, 2, none(2), objective="count:poisson"),
    "xgboost hinge": lambda rng: xgboost(rng, 2, none(2), objective="binary:hinge"),
    "xgboost ranks": lambda rng: xgboost(rng, 2, none(2), objective="rank:pairwise"),
    "xgboost categories": xgboost_categories,
    "lightgbm dart": lambda rng: lightgbm(rng, boosting="dart", drop_rate=0.5),
    "lightgbm goss": lambda rng: lightgbm(rng, data_sample_strategy="goss"),
    "lightgbm zero as missing": lambda rng: lightgbm(rng, zero_as_missing=True),
    "lightgbm unbalanced": lambda rng: lightgbm(rng, 2, is_unbalance=True),
    "lightgbm one against the rest": lambda rng: lightgbm(rng, 3, objective="multiclassova"),
    "lightgbm cross entropy": lambda rng: lightgbm(rng, 2, objective="cross_entropy"),
    "lightgbm linear leaves": lambda rng: lightgbm(rng, linear_tree=True),
    "lightgbm categories": lambda rng: lightgbm(rng, 2, integers=True, categorical_feature=[0], min_data_per_group=1),
    "lightgbm regression": lambda rng: lightgbm(rng, 2, none(2), objective="regression"),
    "catboost by level": lambda rng: catboost(rng, grow_policy="Depthwise"),
    "catboost by leaf": lambda rng: catboost(rng, grow_policy="Lossguide", max_leaves=20, depth=10),
    "catboost ordered": lambda rng: catboost(rng, boosting_type="Ordered"),
    "catboost without missing": lambda rng: catboost(rng, nan_mode="Forbidden"),
    "catboost cross entropy": lambda rng: catboost(rng, 2, loss_function="CrossEntropy"),
    "catboost scaled": lambda rng: catboost(rng, 2, change=lambda m: m.set_scale_and_bias(0.5, [0.25])),
    "catboost shortened": lambda rng: catboost(rng, change=lambda m: m.shrink(1)),
    "catboost one against the rest": lambda rng: catboost(rng, 3, loss_function="MultiClassOneVsAll"),
    "catboost regression": lambda rng: catboost(rng, 2, none(2), loss_function="RMSE"),
}


def other(rng, place):
    """Each variant in turn."""
    variant = list(VARIANTS)[place % len(VARIANTS)]
    made = VARIANTS[variant](rng)
    made.params = {"variant": variant, **made.params}
    return made
