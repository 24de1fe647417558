import { wordsOf } from '../class-names.js';
import type { ModelReader } from '../forest.js';
import { ForestBuilder } from '../forest-builder.js';
import { JsonValue } from '../model-json.js';
import { thresholdOfLessOrEqual } from '../round-threshold.js';

/** In scikit-learn's arrays: a child that is not there. */
const NO_CHILD = -1;

/**
 * scikit-learn's random forests of two classes as JSON: `{"kind", "classes": [a, b], "features": [names], "trees": [{"left",
 * "right", "feature", "threshold", "proba1"}]}`, a tree's lists by node as in `tree_.children_left` and so on, -1 for no child,
 * `proba1` the share of the second class. x <= threshold goes left, a missing value right; a forest's probabilities are the
 * mean of its trees'.
 */
export const readRandomForestJson: ModelReader = (bytes, file) => {
  const root = JsonValue.parse(bytes, file);
  const names = root
    .field('features')
    .items()
    .map((name) => name.text());
  const classNames = classNamesOf(root);
  const trees = root.field('trees').items();
  const builder = new ForestBuilder(file, {
    columns: names.length,
    outputs: 2,
    link: 'identity',
    vectorLeaves: true,
  });
  for (const tree of trees) addTree(tree, trees.length, builder);
  return {
    forest: builder.build(),
    format: 'scikit-learn random forest JSON',
    featureNames: names.every((name, i) => name === String(i)) ? null : names,
    classNames,
  };
};

function classNamesOf(root: JsonValue): string[] | null {
  const kind = root.field('kind');
  if (kind.present && !/\b(RandomForest|ExtraTrees)Classifier\b/.test(kind.text())) {
    kind.unsupported(
      `is "${kind.text().slice(0, 80)}"; a RandomForestClassifier or ExtraTreesClassifier is taken.`,
    );
  }
  const classes = root.field('classes');
  const labels = classes.items().map(({ value }) => value);
  if (labels.length !== 2) {
    classes.unsupported(
      `has ${labels.length} classes; this JSON holds the share of one of two.`,
      'Export a forest of more classes to ONNX with skl2onnx.',
    );
  }
  try {
    return wordsOf(labels);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return classes.fail(`${error.message}.`);
  }
}

function addTree(tree: JsonValue, trees: number, builder: ForestBuilder): void {
  const left = tree.field('left').numbers();
  const list = (key: string): readonly number[] => {
    const values = tree.field(key).numbers();
    if (values.length !== left.length) {
      tree.field(key).fail(`has ${values.length} values, but "left" has ${left.length}.`);
    }
    return values;
  };
  const [right, feature, threshold, share] = [
    list('right'),
    list('feature'),
    list('threshold'),
    list('proba1'),
  ];
  builder.addTree(
    left.length,
    0,
    (id) => {
      if (left[id] === NO_CHILD && right[id] === NO_CHILD) {
        const p = share[id]!;
        if (!(p >= 0 && p <= 1)) tree.field('proba1').fail(`holds ${p} at ${id}, which is no share.`);
        return { leaf: [(1 - p) / trees, p / trees] };
      }
      return {
        feature: feature[id]!,
        threshold: thresholdOfLessOrEqual(threshold[id]!),
        missingLeft: false,
        left: left[id]!,
        right: right[id]!,
      };
    },
    0,
    tree.place,
  );
}
