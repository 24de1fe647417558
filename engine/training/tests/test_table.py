import tempfile
import unittest
from pathlib import Path

import numpy as np

from geocrop_training.errors import TrainingError
from geocrop_training.table import read_table

from .tables import FEATURES, HEADER, made_up_lines, write_table

CLASSES = ["maize", "fallow"]


class TableTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.lines = made_up_lines(CLASSES, fields=3, pixels=2)

    def read(self, header=HEADER, order=None, known=None):
        return read_table(write_table(Path(self.folder.name) / "table.csv", self.lines, header), order, known)

    def set(self, row, column, text):
        self.lines[row][HEADER.index(column)] = text

    def refused(self, says, **options):
        with self.assertRaisesRegex(TrainingError, says) as caught:
            self.read(**options)
        self.assertEqual(caught.exception.exit_code, 2)

    def test_rows_are_read_as_float32_in_the_order_of_the_file(self):
        table = self.read(order=CLASSES, known=FEATURES)
        self.assertEqual(table.features, FEATURES)
        self.assertEqual(table.rows.dtype, np.float32)
        self.assertEqual(table.rows[3].tolist(), [float(text) for text in self.lines[3][9:]])
        self.assertEqual(table.label.tolist(), [0] * 6 + [1] * 6)
        self.assertEqual(table.field[0], "maize-0")
        self.assertEqual(table.recipe, "r1")
        self.assertEqual(len(table.sha256), 64)

    def test_without_a_list_classes_are_in_alphabetical_order(self):
        self.assertEqual(self.read().classes, ["fallow", "maize"])

    def test_a_row_without_all_features_is_left_out_and_counted(self):
        self.set(1, "evi_peak", "")
        self.set(2, "nir_median", "nan")
        table = self.read()
        self.assertEqual((len(table.rows), table.without_features), (10, 2))
        self.assertEqual([line[0] for line in table.lines][:2], ["0", "3"])

    def test_a_column_that_is_empty_in_every_row_is_left_out_and_named(self):
        for row in range(len(self.lines)):
            self.set(row, "red_median", "")
        table = self.read()
        self.assertEqual(table.empty_columns, ["red_median"])
        self.assertEqual((table.rows.shape, table.without_features), ((12, 4), 0))

    def test_a_field_may_grow_another_crop_in_another_year(self):
        self.lines += [[*self.lines[0]]]
        self.set(-1, "year", "2022")
        self.set(-1, "label", "fallow")
        self.assertEqual(self.read().label[[0, -1]].tolist(), [1, 0])
        self.set(-1, "year", "2021")
        self.refused("field maize-0 is both maize and fallow in 2021")

    def test_what_cannot_train_a_model_is_refused_with_a_sentence(self):
        cases = [
            ("recipe", "r2", r"different pixels recipes .*: r1 \(11 rows\), r2 \(1 rows\)"),
            ("recipe", "", "row 5: has no recipe"),
            ("field", "", "row 5: has no field"),
            ("label", "", "row 5: has no label"),
            ("label", "Maize", "Maize and maize differ in case only"),
            ("ndvi_mean", "high", "row 5: ndvi_mean is 'high', which is not a number"),
        ]
        for column, text, says in cases:
            with self.subTest(says):
                before = self.lines[4][HEADER.index(column)]
                self.set(4, column, text)
                self.refused(says)
                self.set(4, column, before)

    def test_columns_are_checked(self):
        self.refused("lacks the columns field", header=["parcel" if name == "field" else name for name in HEADER])
        self.refused("the columns label twice", header=["label" if name == "lon" else name for name in HEADER])
        self.refused("nobody computes evi_peak, nir_median", known=["ndvi_peak", "ndvi_mean", "red_median"])
        self.lines[2].pop()
        self.refused("row 3: has 13 values, the header 14")

    def test_classes_are_checked(self):
        self.refused("list of classes does not have: maize", order=["fallow", "cotton"])
        self.refused("no row with features is labelled cotton", order=["maize", "fallow", "cotton"])
        self.lines = self.lines[:6]
        self.refused("has 1 classes; a model needs from 2")

    def test_a_table_without_rows_or_features_is_refused(self):
        for row in range(len(self.lines)):
            self.lines[row][9:] = [""] * len(FEATURES)
        self.refused("no row has features")
        self.lines = []
        self.refused("has no rows")

    def test_a_file_that_is_no_table_is_refused(self):
        with self.assertRaisesRegex(TrainingError, "cannot be read: No such file"):
            read_table(Path(self.folder.name) / "none.csv", None, None)
        binary = Path(self.folder.name) / "binary.csv"
        binary.write_bytes(b"\xff\xfe\x00")
        with self.assertRaisesRegex(TrainingError, "not a CSV table in UTF-8"):
            read_table(binary, None, None)
        binary.write_bytes(b"")
        with self.assertRaisesRegex(TrainingError, "lacks the columns"):
            read_table(binary, None, None)
