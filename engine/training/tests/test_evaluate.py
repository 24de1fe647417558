import unittest

import numpy as np

from geocrop_training.evaluate import always_the_commonest, calibration, log_loss, scores

# Four rows of three classes: right and sure, right and unsure, wrong and sure, a tie that the lowest id wins.
PROBABILITY = np.array([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.0, 0.15, 0.85], [0.4, 0.4, 0.2]])
LABEL = np.array([0, 1, 1, 1])


class EvaluateTest(unittest.TestCase):
    def test_log_loss(self):
        self.assertAlmostEqual(log_loss(PROBABILITY, LABEL), -np.log([0.9, 0.5, 0.15, 0.4]).mean())
        self.assertTrue(np.isfinite(log_loss(np.array([[1.0, 0.0]]), np.array([1]))))

    def test_scores(self):
        found = scores(PROBABILITY, LABEL, ["a", "b", "c"])
        self.assertEqual(found["accuracy"], 0.5)
        self.assertEqual(found["confusionMatrix"]["pixels"], [[1, 0, 0], [1, 1, 1], [0, 0, 0]])
        self.assertEqual(found["perClass"]["a"], {"precision": 0.5, "recall": 1.0, "pixels": 1})
        self.assertEqual(found["perClass"]["b"], {"precision": 1.0, "recall": 0.3333, "pixels": 3})
        self.assertEqual(found["perClass"]["c"], {"precision": 0.0, "recall": None, "pixels": 0})

    def test_calibration(self):
        found = calibration(PROBABILITY, LABEL)
        filled = {
            bin["from"]: (bin["pixels"], bin["confidence"], bin["accuracy"]) for bin in found["bins"] if bin["pixels"]
        }
        self.assertEqual(filled, {0.4: (1, 0.4, 0.0), 0.5: (1, 0.5, 1.0), 0.8: (1, 0.85, 0.0), 0.9: (1, 0.9, 1.0)})
        self.assertAlmostEqual(found["expectedCalibrationError"], (0.4 + 0.5 + 0.85 + 0.1) / 4, places=4)

    def test_who_is_as_sure_as_right_is_calibrated(self):
        rng = np.random.default_rng(3)
        sure = rng.uniform(0.5, 1, 40_000)
        probability = np.stack([sure, 1 - sure], axis=1)
        right = np.where(rng.random(len(sure)) < sure, 0, 1)
        self.assertLess(calibration(probability, right)["expectedCalibrationError"], 0.01)
        self.assertAlmostEqual(
            calibration(probability, np.zeros(len(sure), int))["expectedCalibrationError"], 0.25, delta=0.01
        )

    def test_all_certain(self):
        found = calibration(np.array([[1.0, 0.0]]), np.array([0]))
        self.assertEqual((found["expectedCalibrationError"], found["bins"][-1]["pixels"]), (0.0, 1))

    def test_always_the_commonest_of_those_learnt_from(self):
        self.assertEqual(always_the_commonest(np.array([0, 1, 1]), np.array([0, 0, 0, 1])), 0.25)
