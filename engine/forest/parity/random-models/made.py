"""What a maker of random models hands over."""

from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np

from tables import Table


@dataclass
class Made:
    data: Table
    params: dict  # all that was drawn, for the message of a failing test
    suffix: str  # .json, .ubj, .txt, .onnx
    write: Callable[[str], Any]  # writes the model file
    thresholds: list  # float64 arrays, one a column
    # Who predicts, and float32 rows -> probabilities [rows, classes]; a row of NaN where it does not take the row.
    predict: dict[str, Callable[[np.ndarray], np.ndarray]] = field(default_factory=dict)


def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def both(p):
    """The two classes' probabilities from the second's."""
    p = np.asarray(p, np.float64).reshape(-1)
    return np.stack([1 - p, p], axis=1)


def only(takes, predict):
    """Predictions for the rows that `takes` says yes to, NaN for the others: some libraries refuse rows."""

    def run(rows):
        good = takes(rows)
        p = np.asarray(predict(rows[good]), np.float64)
        out = np.full((len(rows), p.shape[1]), np.nan)
        out[good] = p
        return out

    return run


def finite_rows(rows):
    return np.isfinite(rows).all(axis=1)


def by_column(columns, features, thresholds):
    """Thresholds sorted into their columns."""
    features, thresholds = np.asarray(features, int), np.asarray(thresholds, np.float64)
    return [np.unique(thresholds[features == f]) for f in range(columns)]
