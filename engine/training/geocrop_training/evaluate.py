"""How right a model is, and how well it knows that, on rows that nothing was fitted to."""

import numpy as np

PROBABILITY_FLOOR = float(np.finfo(np.float32).eps)
"""Probabilities are kept away from 0 in the log loss, as scikit-learn does for float32."""
BINS = 10


def log_loss(probability: np.ndarray, label: np.ndarray) -> float:
    """Mean of -ln p(truth), nats; 0 is perfect, ln(classes) is knowing nothing."""
    right = probability[np.arange(len(label)), label].astype(np.float64)
    return float(-np.log(np.maximum(right, PROBABILITY_FLOOR)).mean())


def confusion_matrix(given: np.ndarray, label: np.ndarray, classes: int) -> np.ndarray:
    """int64 [truth, given]."""
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (label, given), 1)
    return matrix


def calibration(probability: np.ndarray, label: np.ndarray, bins: int = BINS) -> dict:
    """
    Reliability of the winning class's probability in bins of equal width, and the expected calibration error: the mean
    distance of confidence and accuracy, weighted by the bins' rows (Guo et al. 2017, "On calibration of modern neural
    networks", eq. 3). A probability on an edge belongs to the bin above, 1 to the last.
    """
    confidence = probability.max(axis=1).astype(np.float64)
    right = probability.argmax(axis=1) == label
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    table, error = [], 0.0
    for index in range(bins):
        inside = place == index
        count = int(inside.sum())
        sure = float(confidence[inside].mean()) if count else None
        hit = float(right[inside].mean()) if count else None
        if sure is not None and hit is not None:
            error += count / len(label) * abs(sure - hit)
        table.append(
            {
                "from": round(index / bins, 4),
                "to": round((index + 1) / bins, 4),
                "pixels": count,
                "confidence": rounded(sure),
                "accuracy": rounded(hit),
            }
        )
    return {"expectedCalibrationError": rounded(error), "bins": table}


def scores(probability: np.ndarray, label: np.ndarray, classes: list[str]) -> dict:
    """What the card says of a model. probability: [n, classes]; label: int [n]. A tie goes to the lowest class id."""
    matrix = confusion_matrix(probability.argmax(axis=1), label, len(classes))
    per_class = {}
    for index, name in enumerate(classes):
        hit, said, there = matrix[index, index], matrix[:, index].sum(), matrix[index].sum()
        per_class[name] = {
            "precision": rounded(float(hit / said)) if said else None,
            "recall": rounded(float(hit / there)) if there else None,
            "pixels": int(there),
        }
    return {
        "accuracy": rounded(float(np.trace(matrix) / len(label))),
        "logLoss": rounded(log_loss(probability, label)),
        "perClass": per_class,
        "confusionMatrix": {"rows": "truth", "columns": "map", "classes": classes, "pixels": matrix.tolist()},
        "calibration": calibration(probability, label),
    }


def always_the_commonest(trained: np.ndarray, tested: np.ndarray) -> float:
    """Accuracy of giving every tested row the class that is commonest among those learnt from. Both int [n]."""
    commonest = int(np.bincount(trained).argmax())
    return rounded(float((tested == commonest).mean()))


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
