import type { ForestLink } from '../forest.js';
import { BlockReader } from './block-reader.js';
import type { ModelText } from './model-text.js';

/** What the first lines say of the model. */
export interface Header {
  /** `v4` */
  readonly version: string;
  readonly columns: number;
  /** Scores; trees take turns in adding to them. */
  readonly outputs: number;
  readonly link: Exclude<ForestLink, 'identity'>;
  /** Scores are multiplied by it before the link. */
  readonly slope: number;
  /** A random forest: scores are means over rounds, not sums. */
  readonly averaged: boolean;
  readonly featureNames: readonly string[] | null;
}

const VERSIONS = ['v2', 'v3', 'v4'];
const TAKEN = 'Train with objective binary or multiclass.';

/** Throws `model-unsupported` for objectives and boosters of other kinds. */
export function readHeader({ header, trees, parameters, ended }: ModelText, file: string): Header {
  const reader = new BlockReader(header, file);
  const version = reader.text('version');
  if (!VERSIONS.includes(version)) {
    reader.unsupported('version', `is "${version}".`, `Known are ${VERSIONS.join(', ')}.`);
  }
  const columns = reader.count('max_feature_idx') + 1;
  const outputs = reader.count('num_tree_per_iteration');
  const { link, slope } = readObjective(reader, outputs);
  refuseDart(reader, parameters.get('boosting')?.value);
  const sizes = reader.has('tree_sizes') ? reader.text('tree_sizes').split(' ').length : trees.length;
  if (sizes !== trees.length)
    reader.fail('tree_sizes', `has ${sizes} sizes, but there are ${trees.length} trees.`);
  if (trees.length % outputs !== 0) {
    reader.fail('num_tree_per_iteration', `is ${outputs}, which ${trees.length} trees do not come in.`);
  }
  if (version !== 'v2' && !ended) {
    reader.fail('version', 'is followed by no line `end of trees`: the file is not whole.');
  }
  return {
    version,
    columns,
    outputs,
    link,
    slope,
    averaged: reader.has('average_output'),
    featureNames: readFeatureNames(reader, columns),
  };
}

/** `binary sigmoid:1` or `multiclass num_class:5` (src/objective/binary_objective.hpp, multiclass_objective.hpp). */
function readObjective(reader: BlockReader, outputs: number): Pick<Header, 'link' | 'slope'> {
  if (!reader.has('objective')) {
    reader.unsupported('version', 'is of a model with an objective of its own.', TAKEN);
  }
  const [name = '', ...options] = reader.text('objective').split(' ');
  const option = (key: string): number => {
    const value = options.find((text) => text.startsWith(`${key}:`))?.slice(key.length + 1);
    const number = Number(value ?? NaN);
    if (!(Number.isFinite(number) && number > 0))
      reader.fail('objective', `must have a ${key}, is "${name}".`);
    return number;
  };
  const classes = reader.count('num_class');
  if (name === 'binary') {
    if (classes !== 1 || outputs !== 1) {
      reader.fail('num_class', `is ${classes} with ${outputs} trees a round, which does not go with binary.`);
    }
    return { link: 'logistic', slope: option('sigmoid') };
  }
  if (name === 'multiclass') {
    if (classes < 2 || classes !== outputs || classes !== option('num_class')) {
      reader.fail(
        'num_class',
        `is ${classes} with ${outputs} trees a round and ${reader.text('objective')}.`,
      );
    }
    return { link: 'softmax', slope: 1 };
  }
  const why =
    name === 'multiclassova'
      ? 'whose probabilities do not sum to 1'
      : 'which does not give each class a probability';
  return reader.unsupported('objective', `the objective is ${name}, ${why}.`, TAKEN);
}

/**
 * The trees of a saved dart model would predict as those of gbdt do, but only all of them together: each later round rescales
 * earlier ones. The trees do not show it; the parameters at the end say it, where they are kept.
 */
function refuseDart(reader: BlockReader, boosting: string | undefined): void {
  if (boosting !== 'dart') return;
  reader.unsupported(
    'version',
    'is of a model trained with boosting=dart.',
    'Train with boosting gbdt or rf.',
  );
}

/** null for the names that LightGBM makes up: Column_0, … */
function readFeatureNames(reader: BlockReader, columns: number): readonly string[] | null {
  const names = reader.text('feature_names').split(' ');
  if (names.length !== columns) {
    reader.fail('feature_names', `has ${names.length} names for ${columns} features.`);
  }
  return names.every((name, i) => name === `Column_${i}` || name === `${i}`) ? null : names;
}
