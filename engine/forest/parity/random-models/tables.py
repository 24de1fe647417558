"""Training tables and rows to predict, from a seeded generator: small, and full of what real tables have at their edges."""

from dataclasses import dataclass

import numpy as np

TINY = np.float32(1e-40)  # denormal
HUGE = np.finfo(np.float32).max


@dataclass
class Table:
    x: np.ndarray  # float32 [rows, columns]
    y: np.ndarray  # int [rows], every class at least once
    classes: int


def column(rng, rows):
    """One feature: smooth, rounded, few values, many zeros, huge or tiny numbers, or (rarely) the same everywhere."""
    style = rng.choice(["smooth", "rounded", "few", "zeros", "huge", "tiny", "constant"], p=[0.35, 0.2, 0.1, 0.15, 0.07, 0.08, 0.05])
    x = rng.normal(size=rows) * 10.0 ** rng.integers(-2, 3)
    if style == "rounded":
        x = np.round(rng.normal(size=rows), 2)
    elif style == "few":
        x = rng.integers(-2, 3, size=rows) * rng.choice([1.0, 0.1])
    elif style == "zeros":
        x = np.where(rng.random(rows) < 0.6, 0.0, x)
    elif style == "huge":
        x = rng.normal(size=rows) * 1e30
    elif style == "tiny":
        x = rng.normal(size=rows) * 1e-30
    elif style == "constant":
        x = np.full(rows, rng.choice([0.0, 1.5]))
    return x.astype(np.float32)


def table(rng, rows, columns, classes, missing=True):
    """Labels follow a few columns with some noise. Missing values are spread evenly in some columns and belong to some classes in
    others, so that the way they go is learnt both ways."""
    x = np.stack([column(rng, rows) for _ in range(columns)], axis=1)
    scores = np.zeros((rows, classes))
    for f in rng.choice(columns, size=min(columns, 6), replace=False):
        rank = np.argsort(np.argsort(x[:, f], kind="stable"), kind="stable") / rows
        scores += np.outer(np.cos(np.pi * rank * rng.integers(1, 4)), rng.normal(size=classes))
    y = np.argmax(scores + rng.gumbel(size=scores.shape) * rng.choice([0.1, 1.0]), axis=1)
    y[:classes] = np.arange(classes)
    if missing:
        for f in range(columns):
            style = rng.choice(["none", "even", "informed"], p=[0.5, 0.3, 0.2])
            if style == "even":
                x[rng.random(rows) < rng.choice([0.05, 0.4]), f] = np.nan
            elif style == "informed":
                x[(y % 2 == rng.integers(2)) & (rng.random(rows) < 0.5), f] = np.nan
    return Table(x, y, classes)


def beside(t):
    """The float32 nearest to each threshold, and the ones below and above it."""
    with np.errstate(over="ignore"):
        t = np.asarray(t, np.float64).astype(np.float32)
    return np.stack([t, np.nextafter(t, np.float32(-np.inf)), np.nextafter(t, np.float32(np.inf))])


def rows_for(rng, data, thresholds, rows=240):
    """
    Rows for a model: a third as in training, a third with most values at a threshold or a float32 step beside it, a third with
    missing values, infinities, zeros of both signs, denormals and the largest numbers among them.
    thresholds: float64 arrays, one a column
    """
    n, columns = data.x.shape
    x = data.x[rng.integers(n, size=rows)].copy()
    third = rows // 3
    for f, t in enumerate(thresholds):
        if len(t) == 0:
            continue
        values = beside(t)
        picked = values[rng.integers(3, size=rows), rng.integers(len(t), size=rows)]
        share = np.where(np.arange(rows) < third, 0.0, np.where(np.arange(rows) < 2 * third, 0.8, 0.3))
        x[:, f] = np.where(rng.random(rows) < share, picked, x[:, f])
    odd = np.array([np.nan, np.nan, np.nan, np.inf, -np.inf, 0.0, -0.0, TINY, -TINY, HUGE, -HUGE], np.float32)
    spoilt = np.arange(rows)[:, None] >= 2 * third
    share = rng.choice([0.1, 0.5], size=(rows, 1))
    x = np.where(spoilt & (rng.random(x.shape) < share), odd[rng.integers(len(odd), size=x.shape)], x)
    x[-1] = np.nan
    x[-2] = np.inf
    x[-3] = -np.inf
    x[-4] = 0
    return np.ascontiguousarray(x, np.float32)


def rounding_away(x, thresholds):
    """Rows in which a value is one of the two float32 around a threshold that no float32 is equal to. bool [rows]"""
    near = np.zeros(len(x), bool)
    for f, t in enumerate(thresholds):
        t = np.asarray(t, np.float64)
        t = t[np.abs(t) <= HUGE]
        t = t[t.astype(np.float32) != t]
        if len(t) > 0:
            near |= np.isin(x[:, f], beside(t))
    return near
