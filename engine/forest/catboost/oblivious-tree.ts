import type { JsonValue } from '../model-json.js';
import { readFloatSplit } from './float-split.js';
import type { TreeContext } from './tree-context.js';

/** CatBoost grows no deeper ones; a tree of depth d is written out to 2^d leaves. */
const MAX_DEPTH = 16;

/**
 * A tree with one split a level: split k decides bit k of the leaf's number, 1 where x is above the border. Its last split
 * becomes the root, so that the leaves from left to right keep their numbers.
 */
export function addObliviousTree(tree: JsonValue, { builder, features, outputs, scale }: TreeContext): void {
  const list = tree.field('splits');
  const items = list.items();
  const depth = items.length;
  if (depth > MAX_DEPTH) list.fail(`has ${depth} splits; CatBoost's trees have at most ${MAX_DEPTH}.`);
  const splits = items.map((split) => readFloatSplit(split, features)).reverse();
  const leaves = 2 ** depth;
  const values = tree.field('leaf_values').numbers();
  if (values.length !== leaves * outputs) {
    tree
      .field('leaf_values')
      .fail(`has ${values.length} values, expected ${leaves * outputs} (2^${depth} leaves × ${outputs}).`);
  }
  // Nodes numbered as in a heap: the children of i are 2i + 1 and 2i + 2, the leaves come last.
  const branches = leaves - 1;
  builder.addTree(
    branches + leaves,
    0,
    (id) => {
      if (id < branches) return { ...splits[31 - Math.clz32(id + 1)]!, left: 2 * id + 1, right: 2 * id + 2 };
      const at = (id - branches) * outputs;
      return { leaf: values.slice(at, at + outputs).map((value) => value * scale) };
    },
    0,
    tree.place,
  );
}
