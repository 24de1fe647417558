import { between } from '../../kernels/testing.js';
import { ForestBuilder, type SourceNode } from '../forest-builder.js';
import type { Forest, ForestLink } from '../forest.js';

export interface RandomForestShape {
  readonly columns: number;
  readonly outputs: number;
  readonly link: ForestLink;
  readonly trees: number;
  readonly depth: number;
  /** Different thresholds of a column. */
  readonly thresholds: number;
  readonly vectorLeaves?: boolean;
  /** Trees that ask one question a level, and have all their leaves. */
  readonly oblivious?: boolean;
}

/** A forest of random trees, the same for the same numbers of `random`. */
export function randomForest(random: () => number, shape: RandomForestShape): Forest {
  const { columns, outputs, link, trees, depth, thresholds, vectorLeaves = false, oblivious = false } = shape;
  const builder = new ForestBuilder('random', { columns, outputs, link, vectorLeaves });
  const leaf = (): SourceNode => {
    if (link === 'identity') {
      const shares = Array.from({ length: outputs }, random);
      const sum = shares.reduce((a, b) => a + b);
      return { leaf: shares.map((share) => share / sum / trees) };
    }
    const values = Array.from({ length: vectorLeaves ? outputs : 1 }, () => Math.fround(random() - 0.5));
    return { leaf: vectorLeaves ? values : values[0]! };
  };
  const question = () => ({
    feature: between(random, 0, columns - 1),
    threshold: Math.fround(between(random, 0, thresholds - 1) / thresholds),
    missingLeft: random() < 0.5,
  });
  for (let tree = 0; tree < trees; tree++) {
    const levels = Array.from({ length: depth }, question);
    const nodes: SourceNode[] = [];
    const grow = (level: number): number => {
      const at = nodes.push({ leaf: 0 }) - 1;
      const stops = level === depth || (!oblivious && level > 0 && random() < 0.15);
      nodes[at] = stops
        ? leaf()
        : { ...(oblivious ? levels[level]! : question()), left: grow(level + 1), right: grow(level + 1) };
      return at;
    };
    grow(0);
    builder.addTree(nodes.length, 0, (id) => nodes[id]!, tree % outputs, `tree ${tree}`);
  }
  return builder.build();
}

/** Rows of [0, 1): `alike` of 1 makes all equal, 0 makes each value its own. Row-major, [count][columns]. */
export function randomRows(random: () => number, columns: number, count: number, alike = 0): Float32Array {
  const first = Float32Array.from({ length: columns }, random);
  return Float32Array.from({ length: columns * count }, (_, i) =>
    random() < alike ? first[i % columns]! : random(),
  );
}
