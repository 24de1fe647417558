import unittest

import numpy as np

from geocrop_training.errors import TrainingError
from geocrop_training.split import split_by_field

CLASSES = ["maize", "fallow"]


def rows(*fields: tuple[str, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(field, class, pixels) as arrays of fields and labels."""
    return (
        np.array([field for field, _, pixels in fields for _ in range(pixels)]),
        np.array([label for _, label, pixels in fields for _ in range(pixels)]),
    )


class SplitTest(unittest.TestCase):
    def setUp(self):
        self.field, self.label = rows(
            *((f"m{i}", 0, 1 + i % 4) for i in range(40)), *((f"f{i}", 1, 1 + i % 7) for i in range(15))
        )

    def test_each_field_is_in_one_part_and_each_class_in_all(self):
        split = split_by_field(self.field, self.label, CLASSES, (0.2, 0.3), 1)
        parts = [part for _, part in split.parts()]
        self.assertTrue((np.sum(parts, axis=0) == 1).all())
        fields = [set(self.field[part].tolist()) for part in parts]
        self.assertEqual(sum(map(len, fields)), 55)
        counts = [[sum(name[0] == letter for name in some) for some in fields] for letter in "mf"]
        self.assertEqual(counts, [[20, 8, 12], [8, 3, 4]])

    def test_the_draw_depends_on_seed_and_names_only(self):
        split = split_by_field(self.field, self.label, CLASSES, (0.2, 0.2), 1)
        order = np.random.default_rng(0).permutation(len(self.field))
        again = split_by_field(self.field[order], self.label[order], CLASSES, (0.2, 0.2), 1)
        np.testing.assert_array_equal(again.test, split.test[order])
        other = split_by_field(self.field, self.label, CLASSES, (0.2, 0.2), 2)
        self.assertTrue((other.test != split.test).any())

    def test_a_field_of_two_crops_over_the_years_stays_whole(self):
        field, label = rows(*((f"m{i}", 0, 2) for i in range(9)), *((f"m{i}", 1, 2) for i in range(4)))
        split = split_by_field(field, label, CLASSES, (0.3, 0.3), 1)
        for _, part in split.parts():
            self.assertFalse(set(field[part]) & set(field[~part]))
            self.assertEqual(set(label[part]), {0, 1})

    def test_three_fields_are_one_each(self):
        field, label = rows(*((f"{letter}{i}", c, 2) for c, letter in enumerate("mf") for i in range(3)))
        for shares in [(0.1, 0.1), (0.4, 0.4)]:
            split = split_by_field(field, label, CLASSES, shares, 1)
            self.assertEqual([int(part.sum()) for _, part in split.parts()], [4, 4, 4])

    def test_two_fields_are_too_few(self):
        field, label = rows(("a", 0, 9), ("b", 0, 9), ("c", 0, 9), ("d", 1, 9))
        with self.assertRaisesRegex(TrainingError, "fallow: 1 field; at least three"):
            split_by_field(field, label, CLASSES, (0.2, 0.2), 1)
