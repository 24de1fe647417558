import tempfile
import unittest
from pathlib import Path

import numpy as np
from geocrop_training.learners import LEARNERS, Rows, Task
from geocrop_training.parity import thresholds

FEATURES = ["ndvi_peak", "ndvi_mean", "red_median", "nir_median"]


def made_up(classes: int, count: int, seed: int) -> Rows:
    rng = np.random.default_rng(seed)
    features = rng.random((count, len(FEATURES)), np.float32)
    label = np.minimum((features[:, 0] * classes + 0.4 * rng.random(count)).astype(int), classes - 1)
    return Rows(features, label)


class LearnersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def fit(self, learner, classes, rounds=300, validated=True, name="made"):
        validation = made_up(classes, 90, 2) if validated else None
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        task = Task(made_up(classes, 240, 1), validation, FEATURES, classes, 7, rounds)
        return folder / learner.file, learner.fit(task, folder / learner.file)

    def test_probabilities_of_two_and_more_classes(self):
        for learner in LEARNERS:
            for classes in (2, 4):
                with self.subTest(learner.library, classes=classes):
                    path, fitted = self.fit(learner, classes)
                    tested = made_up(classes, 200, 3)
                    probability = learner.predict(path, tested.features)
                    self.assertEqual(probability.shape, (200, classes))
                    np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-5)
                    self.assertGreater((probability.argmax(axis=1) == tested.label).mean(), 0.7)
                    self.assertLess(fitted.rounds, 300, "validation rows stop the learning")

    def test_the_same_bytes_again(self):
        for learner in LEARNERS:
            with self.subTest(learner.library):
                first, again = (self.fit(learner, 3, 20, name=name)[0].read_bytes() for name in ("first", "again"))
                self.assertEqual(again, first)

    def test_without_validation_rows_it_has_the_rounds_that_it_was_given(self):
        for learner in LEARNERS:
            with self.subTest(learner.library):
                path, fitted = self.fit(learner, 3, 4, validated=False)
                self.assertEqual(fitted.rounds, 4)
                fewer = self.fit(learner, 3, 3, validated=False, name="fewer")[0]
                rows = made_up(3, 50, 3).features
                self.assertTrue((learner.predict(path, rows) != learner.predict(fewer, rows)).any())

    def test_between_thresholds_nothing_changes(self):
        rows = made_up(3, 200, 3).features
        for learner in LEARNERS:
            with self.subTest(learner.library):
                path, _ = self.fit(learner, 3)
                moved = rows.copy()
                for feature, values in enumerate(thresholds(path, len(FEATURES))):
                    edges = np.array([-1.0, *values, 2.0])
                    place = np.searchsorted(edges, rows[:, feature].astype(np.float64))
                    moved[:, feature] = (edges[place - 1] + edges[place]) / 2
                self.assertGreater(np.abs(moved - rows).max(), 0.001)
                np.testing.assert_array_equal(learner.predict(path, moved), learner.predict(path, rows))
