"""The three libraries, each asked for rounds while they help on validation fields, and for the same bytes again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import xgboost

PATIENCE = 50
"""Rounds without a gain on validation fields before the learning stops."""


@dataclass(frozen=True)
class Rows:
    features: np.ndarray
    """float32 [n, features]."""
    label: np.ndarray
    """int [n]."""


@dataclass(frozen=True)
class Task:
    train: Rows
    validation: Rows | None
    """They stop the learning; None: it has exactly `rounds`."""
    features: list[str]
    classes: int
    seed: int
    rounds: int
    """At most."""


@dataclass(frozen=True)
class Learner:
    file: str
    """Name of the file in the library's own format that the importer reads."""
    library: str
    version: str
    fit: Callable[[Task, Path], "Fitted"]
    predict: Callable[[Path, np.ndarray], np.ndarray]
    """The library's own probabilities [n, classes] of float32 rows, from the file that was written."""


@dataclass(frozen=True)
class Fitted:
    rounds: int
    trees: int
    parameters: dict
    """As they were given to the library, for the card."""


def fit_xgboost(task: Task, path: Path) -> Fitted:
    several = {"objective": "multi:softprob", "num_class": task.classes, "eval_metric": "mlogloss"}
    two = {"objective": "binary:logistic", "eval_metric": "logloss"}
    parameters = {
        **(two if task.classes == 2 else several),
        "tree_method": "hist",
        "max_depth": 6,
        "learning_rate": 0.1,
        "min_child_weight": 5,
        "subsample": 0.7,
        "colsample_bytree": 0.6,
        "seed": task.seed,
        "nthread": 1,
    }

    def matrix(rows: Rows) -> xgboost.DMatrix:
        return xgboost.DMatrix(rows.features, rows.label, feature_names=task.features)

    stop = {} if task.validation is None else {"early_stopping_rounds": PATIENCE}
    booster = xgboost.train(
        parameters,
        matrix(task.train),
        task.rounds,
        evals=[] if task.validation is None else [(matrix(task.validation), "validation")],
        verbose_eval=False,
        **stop,
    )
    rounds = task.rounds if task.validation is None else booster.best_iteration + 1
    booster = booster[:rounds]
    booster.set_attr(best_iteration=None, best_score=None)
    booster.save_model(path)
    return Fitted(rounds, rounds * trees_a_round(task.classes), parameters)


def predict_xgboost(path: Path, rows: np.ndarray) -> np.ndarray:
    booster = xgboost.Booster({"nthread": 1}, model_file=path)
    return both_classes(booster.predict(xgboost.DMatrix(rows, feature_names=booster.feature_names)))


def fit_lightgbm(task: Task, path: Path) -> Fitted:
    several = {"objective": "multiclass", "num_class": task.classes, "metric": "multi_logloss"}
    two = {"objective": "binary", "metric": "binary_logloss"}
    parameters = {
        **(two if task.classes == 2 else several),
        "num_leaves": 8,
        "learning_rate": 0.1,
        "min_data_in_leaf": 10,
        # Off by default in LightGBM; without them it is sure too early.
        "min_sum_hessian_in_leaf": 0.3,
        "lambda_l2": 5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "feature_fraction": 0.6,
        "seed": task.seed,
        # Without these the histograms' sums, and so the trees, may depend on the machine's number of cores.
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    train = lightgbm.Dataset(task.train.features, task.train.label, feature_name=task.features)
    stop = {}
    if task.validation is not None:
        validation = lightgbm.Dataset(task.validation.features, task.validation.label, reference=train)
        stop = {"valid_sets": [validation], "callbacks": [lightgbm.early_stopping(PATIENCE, verbose=False)]}
    booster = lightgbm.train(parameters, train, task.rounds, **stop)
    rounds = task.rounds if task.validation is None else booster.best_iteration
    booster.save_model(path, num_iteration=rounds)
    return Fitted(rounds, rounds * trees_a_round(task.classes), parameters)


def predict_lightgbm(path: Path, rows: np.ndarray) -> np.ndarray:
    return both_classes(np.asarray(lightgbm.Booster(model_file=path).predict(rows, num_threads=1)))


def fit_catboost(task: Task, path: Path) -> Fitted:
    parameters = {
        "loss_function": "Logloss" if task.classes == 2 else "MultiClass",
        "depth": 4,
        "learning_rate": 0.1,
        "random_seed": task.seed,
        "thread_count": 1,
    }

    def pool(rows: Rows) -> catboost.Pool:
        return catboost.Pool(rows.features, rows.label, feature_names=task.features)

    stop = {} if task.validation is None else {"early_stopping_rounds": PATIENCE, "use_best_model": True}
    model = catboost.CatBoostClassifier(
        **parameters, iterations=task.rounds, allow_writing_files=False, verbose=False, **stop
    )
    model.fit(pool(task.train), eval_set=None if task.validation is None else pool(task.validation))
    model.save_model(str(path), format="json")
    without_date(path)
    return Fitted(model.tree_count_, model.tree_count_, parameters)


def without_date(path: Path) -> None:
    """CatBoost notes when it ended, and draws an id: the same model would have other bytes each time."""
    document = json.loads(path.read_text("utf-8"))
    for key in ("train_finish_time", "model_guid"):
        document["model_info"].pop(key, None)
    path.write_text(json.dumps(document, sort_keys=True), "utf-8")


def predict_catboost(path: Path, rows: np.ndarray) -> np.ndarray:
    model = catboost.CatBoostClassifier()
    model.load_model(str(path), format="json")
    return np.asarray(model.predict_proba(rows, thread_count=1))


def trees_a_round(classes: int) -> int:
    return 1 if classes == 2 else classes


def both_classes(probability: np.ndarray) -> np.ndarray:
    """XGBoost and LightGBM give one probability for two classes, that of the second."""
    return probability if probability.ndim == 2 else np.stack([1 - probability, probability], axis=1)


LEARNERS = (
    Learner("xgb.json", "xgboost", xgboost.__version__, fit_xgboost, predict_xgboost),
    Learner("lgbm.txt", "lightgbm", lightgbm.__version__, fit_lightgbm, predict_lightgbm),
    Learner("cat.json", "catboost", catboost.__version__, fit_catboost, predict_catboost),
)
