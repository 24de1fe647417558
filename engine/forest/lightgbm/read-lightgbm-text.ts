import type { ModelReader } from '../forest.js';
import { ForestBuilder } from '../forest-builder.js';
import { BlockReader } from './block-reader.js';
import type { Header } from './header.js';
import { readHeader } from './header.js';
import type { ModelText } from './model-text.js';
import { readModelText } from './model-text.js';
import { addTree } from './tree.js';

/**
 * `booster.save_model("m.txt")` of LightGBM 2 to 4: gbdt (goss among them) and rf with numerical splits; binary and multiclass.
 * After early stopping save_model writes only the rounds up to the best one, so all of the file's trees predict.
 * Sources: GBDT::SaveModelToString and LoadModelFromString (src/boosting/gbdt_model_text.cpp), GBDT::Predict
 * (src/boosting/gbdt_prediction.cpp), src/boosting/rf.hpp, and files that 2.2, 3.3 and 4.7 wrote.
 */
export const readLightgbmText: ModelReader = (bytes, file) => {
  const text = readModelText(bytes, file);
  const header = readHeader(text, file);
  const trees = text.trees.map((block) => new BlockReader(block, file));
  const { columns, outputs, link, slope, averaged, version, featureNames } = header;
  const rounds = trees.length / outputs;
  const probabilities = averaged && leavesAreProbabilities(header, text, file);
  const builder = new ForestBuilder(
    file,
    probabilities
      ? { columns, outputs: 2, link: 'identity', vectorLeaves: true }
      : { columns, outputs, link, vectorLeaves: false },
  );
  const scale = averaged ? slope / rounds : slope;
  const leafOf = probabilities
    ? (p: number): readonly number[] => [(1 - p) / rounds, p / rounds]
    : (score: number): number => score * scale;
  for (const [i, tree] of trees.entries()) addTree(tree, i % outputs, builder, leafOf);
  return { forest: builder.build(), format: `LightGBM text ${version}`, featureNames, classNames: null };
};

/**
 * Random forests up to LightGBM 2.2.2 keep probabilities in their leaves and predict the mean of those; since 2.2.3 leaves keep
 * scores, and the mean score is turned into probabilities. Both write v2, and today's LightGBM misreads the older ones: it
 * applies the logistic function a second time. They are told apart by their leaves: scores that are all between 0 and 1 would
 * never predict the first class.
 */
function leavesAreProbabilities(
  { version, link }: Header,
  { header, trees }: ModelText,
  file: string,
): boolean {
  if (version !== 'v2') return false;
  const are = trees.every((block) => {
    const tree = new BlockReader(block, file);
    return tree.numbers('leaf_value', tree.count('num_leaves')).every((value) => value >= 0 && value <= 1);
  });
  if (are && link === 'softmax') {
    new BlockReader(header, file).unsupported(
      'average_output',
      'is of a random forest of LightGBM 2.2.2 or older, whose probabilities of several classes do not sum to 1.',
      'Train it with a later LightGBM.',
    );
  }
  return are;
}
