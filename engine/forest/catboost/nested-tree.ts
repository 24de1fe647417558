import { FOREST_LIMITS } from '../forest.js';
import type { SourceNode } from '../forest-builder.js';
import type { JsonValue } from '../model-json.js';
import { readFloatSplit } from './float-split.js';
import type { TreeContext } from './tree-context.js';

/** A tree of `grow_policy` Depthwise or Lossguide: objects in objects, `{split, left, right}` or `{value}`. */
export function addNestedTree(tree: JsonValue, { builder, features, outputs, scale }: TreeContext): void {
  const nodes: SourceNode[] = [];
  const waiting: JsonValue[] = [tree];
  for (let next = waiting[0]; next !== undefined; next = waiting[nodes.length]) {
    if (!next.field('split').present) {
      nodes.push({ leaf: leafOf(next, outputs).map((value) => value * scale) });
      continue;
    }
    if (waiting.length > 2 * FOREST_LIMITS.nodes) tree.fail(`has more than ${FOREST_LIMITS.nodes} branches.`);
    const left = waiting.push(next.field('left'), next.field('right')) - 2;
    nodes.push({ ...readFloatSplit(next.field('split'), features), left, right: left + 1 });
  }
  builder.addTree(nodes.length, 0, (id) => nodes[id]!, 0, tree.place);
}

/** One number, or a list where there are several scores. */
function leafOf(node: JsonValue, outputs: number): readonly number[] {
  const value = node.field('value');
  const values = outputs === 1 && typeof value.value === 'number' ? [value.value] : value.numbers();
  if (values.length !== outputs) value.fail(`has ${values.length} values, expected ${outputs}.`);
  return values;
}
