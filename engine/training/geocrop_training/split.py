"""Who is learnt from, who decides rounds and weights, who is tested on: whole fields, never pixels."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from .errors import TrainingError


@dataclass(frozen=True)
class Split:
    """Each field is in one part; each class is in all three."""

    train: np.ndarray
    """bool [n]: rows to learn from."""
    validation: np.ndarray
    """bool [n]: rows that stop the learning and fit the weights."""
    test: np.ndarray
    """bool [n]: rows that nothing was fitted to."""

    def parts(self) -> list[tuple[str, np.ndarray]]:
        """As the card calls them."""
        return [("trained", self.train), ("validation", self.validation), ("heldOut", self.test)]


def split_by_field(
    field: np.ndarray, label: np.ndarray, classes: list[str], shares: tuple[float, float], seed: int
) -> Split:
    """
    field: str [n]; label: int [n]; shares: of each class's fields for validation and for the test.

    A field that grew several crops over the years is drawn with the one that has the fewest fields. The draw depends on
    the names of the fields and the seed, not on the order of the rows.
    """
    labels_of: dict[str, set[int]] = {}
    for one, index in zip(field.tolist(), label.tolist()):
        labels_of.setdefault(one, set()).add(index)
    fields_of = Counter(index for indices in labels_of.values() for index in indices)
    stratum = {one: min(indices, key=lambda index: (fields_of[index], index)) for one, indices in labels_of.items()}

    rng = np.random.default_rng(seed)
    part_of: dict[str, int] = {}
    for index, name in enumerate(classes):
        fields = sorted(one for one, drawn_with in stratum.items() if drawn_with == index)
        if len(fields) < 3:
            raise TrainingError(
                f"{name}: {len(fields)} field{'' if len(fields) == 1 else 's'}; at least three are needed, "
                "to learn from, to choose rounds and weights, and to test on."
            )
        validation, test = (max(1, round(share * len(fields))) for share in shares)
        # Whatever the shares, one is left to learn from.
        while validation + test >= len(fields):
            validation, test = (validation - 1, test) if validation > test else (validation, test - 1)
        drawn = rng.permutation(fields).tolist()
        for place, one in enumerate(drawn):
            part_of[one] = 2 if place < test else 1 if place < test + validation else 0

    part = np.array([part_of[one] for one in field.tolist()])
    return Split(train=part == 0, validation=part == 1, test=part == 2)
