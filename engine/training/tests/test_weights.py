import unittest

import numpy as np

from geocrop_training.evaluate import log_loss
from geocrop_training.weights import fit_weights, vote


def member(rng, label, classes, knows):
    """Probabilities that favour the truth on a share `knows` of the rows, any class elsewhere."""
    guess = np.where(rng.random(len(label)) < knows, label, rng.integers(0, classes, len(label)))
    probability = np.full((len(label), classes), 0.1 / (classes - 1))
    probability[np.arange(len(label)), guess] = 0.9
    return probability


class WeightsTest(unittest.TestCase):
    def setUp(self):
        self.rng = np.random.default_rng(5)
        self.label = self.rng.integers(0, 4, 600)
        self.field = np.array([f"f{i // 3}" for i in range(600)])

    def fit(self, *members):
        return fit_weights(list(members), self.label, self.field)

    def test_members_that_say_the_same_weigh_the_same(self):
        one = member(self.rng, self.label, 4, 0.7)
        self.assertEqual(self.fit(one, one, one), [0.333, 0.333, 0.333])

    def test_who_knows_more_weighs_more_and_who_knows_nothing_little(self):
        good, fair, none = (member(self.rng, self.label, 4, knows) for knows in (0.9, 0.6, 0.0))
        weights = self.fit(good, fair, none)
        self.assertGreater(weights[0], weights[1])
        self.assertGreater(weights[1], weights[2])
        self.assertTrue(0 < weights[2] < 0.05)
        self.assertAlmostEqual(sum(weights), 1, delta=0.002)

    def test_the_vote_is_near_the_best_of_all_mixtures(self):
        members = [member(self.rng, self.label, 4, knows) for knows in (0.8, 0.75, 0.5)]
        loss = log_loss(vote(members, self.fit(*members)), self.label)
        grid = [(a, b, 100 - a - b) for a in range(101) for b in range(101 - a)]
        best = min(log_loss(vote(members, list(weights)), self.label) for weights in grid)
        self.assertLess(loss - best, 0.002)

    def test_few_fields_leave_members_near_equal(self):
        label, field = np.zeros(40, int), np.array(["one"] * 40)
        sure, unsure = np.tile([0.9, 0.1], (40, 1)), np.tile([0.6, 0.4], (40, 1))
        weights = fit_weights([sure, unsure], label, field)
        self.assertTrue(0.5 < weights[0] < 0.6, weights)

    def test_a_probability_of_nothing_does_not_end_the_search(self):
        wrong = np.tile([0.0, 1.0, 0.0, 0.0], (600, 1))
        weights = self.fit(wrong, member(self.rng, self.label, 4, 0.9))
        self.assertTrue(np.isfinite(weights).all())

    def test_the_vote_is_divided_by_the_sum_of_weights(self):
        a, b = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]], np.float32)
        np.testing.assert_array_equal(vote([a, b], [3, 1]), [[0.75, 0.25]])
