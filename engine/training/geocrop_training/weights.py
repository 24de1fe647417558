"""The ensemble's weights."""

import numpy as np

from .evaluate import PROBABILITY_FLOOR

PRIOR_FIELDS = 1
"""Fields that are taken to speak for each member before any is looked at."""
MAX_STEPS = 10_000
LEAST_CHANGE = 1e-7
"""Of a weight, a step."""
DECIMALS = 3


def fit_weights(probability: list[np.ndarray], label: np.ndarray, field: np.ndarray) -> list[float]:
    """
    probability: a [n, classes] for each member, of rows that no member has learnt from; label: int [n]; field: str [n].

    Weights, all positive, sum 1, for which the log loss of the weighted mean of probabilities is least, but for a prior
    of one field for each member: few fields cannot tell members apart, and leave them near equal. A field counts once,
    however many of its pixels were sampled. The loss is convex in the weights of a mixture, and
    expectation-maximisation walks down to its least value without a step size to choose (Dempster, Laird and Rubin
    1977, section 4.3). Rounded, so that a card can be read.
    """
    rows = np.arange(len(label))
    right = np.stack([np.maximum(p[rows, label].astype(np.float64), PROBABILITY_FLOOR) for p in probability])
    _, of_field = np.unique(field, return_inverse=True)
    share = 1 / np.bincount(of_field)[of_field]

    weights = np.full(len(right), 1 / len(right))
    for _ in range(MAX_STEPS):
        spoken_for = (weights[:, None] * right / (weights @ right) * share).sum(axis=1) + PRIOR_FIELDS
        before, weights = weights, spoken_for / spoken_for.sum()
        if np.abs(weights - before).max() < LEAST_CHANGE:
            break
    return [round(float(weight), DECIMALS) for weight in weights]


def vote(probability: list[np.ndarray], weights: list[float]) -> np.ndarray:
    """float64 [n, classes]: the weighted mean, as the server takes it (member order, divided by the sum of weights)."""
    total = np.zeros(probability[0].shape, np.float64)
    for one, weight in zip(probability, weights):
        total += weight * one.astype(np.float64)
    return total / sum(weights)
