import type { Forest, ForestLink } from './forest.js';
import { FOREST_LIMITS } from './forest.js';
import { modelError } from './model-error.js';

/** A node as a file has it: a branch with the ids of its children, or a leaf with its values. */
export type SourceNode =
  | {
      readonly feature: number;
      /** x <= threshold goes left; already rounded to float32 (round-threshold.ts). */
      readonly threshold: number;
      readonly missingLeft: boolean;
      readonly left: number;
      readonly right: number;
    }
  | { readonly leaf: number | readonly number[] };

export interface ForestShape {
  readonly columns: number;
  readonly outputs: number;
  readonly link: ForestLink;
  readonly base?: readonly number[];
  /** true: each leaf holds a value for every score. */
  readonly vectorLeaves: boolean;
}

/** Collects trees into a {@link Forest} and checks them on the way: no circles, no lost children, numbers in range. */
export class ForestBuilder {
  private readonly roots: number[] = [];
  private readonly treeOutput: number[] = [];
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly missingLeft: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly leaves: number[] = [];

  /** @param file for errors. Throws `model-unsupported` where the shape is more than we take. */
  constructor(
    private readonly file: string,
    private readonly shape: ForestShape,
  ) {
    const { columns, outputs, link, base } = shape;
    const whole = (n: number, most: number) => Number.isInteger(n) && n >= 1 && n <= most;
    if (!whole(columns, FOREST_LIMITS.columns)) {
      this.fail('', `has ${columns} features; possible are 1 to ${FOREST_LIMITS.columns}.`);
    }
    if (!whole(outputs, FOREST_LIMITS.outputs)) {
      this.fail('', `has ${outputs} scores; possible are 1 to ${FOREST_LIMITS.outputs}.`);
    }
    if ((link === 'logistic') !== (outputs === 1)) {
      throw new RangeError(`link ${link} with ${outputs} outputs`);
    }
    if (base !== undefined && base.length !== outputs) {
      throw new RangeError(`base: got ${base.length} values, expected ${outputs}`);
    }
  }

  /**
   * Adds the tree below `root`. Nodes that nothing leads to are left out.
   * @param size node ids are 0 to size − 1
   * @param read asked once for each node that is reached; a malformed one may throw
   * @param output the score that the leaves add to; ignored for vector leaves
   * @param place of the tree in the file, for errors
   */
  addTree(size: number, root: number, read: (id: number) => SourceNode, output: number, place: string): void {
    if (this.roots.length >= FOREST_LIMITS.trees)
      this.tooLarge(place, `more than ${FOREST_LIMITS.trees} trees`);
    if (!this.shape.vectorLeaves && !(output >= 0 && output < this.shape.outputs)) {
      this.fail(place, `adds to class ${output} of ${this.shape.outputs}.`);
    }
    this.treeOutput.push(output);
    const seen = new Uint8Array(size);
    // Preorder: the left child follows its parent. `slot` is where the parent keeps the place of this node.
    const waiting: { id: number; of: number; side: 'left' | 'right' | 'root' }[] = [
      { id: root, of: this.roots.push(0) - 1, side: 'root' },
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { id, of, side } = next;
      if (!Number.isInteger(id) || id < 0 || id >= size)
        this.fail(place, `a branch leads to node ${id}, which is not there.`);
      if (seen[id] === 1) this.fail(place, `two branches lead to node ${id}: not a tree.`);
      seen[id] = 1;
      const node = read(id);
      const at = 'leaf' in node ? this.addLeaf(node.leaf, place, id) : this.addBranch(node, place, id);
      if (side === 'root') this.roots[of] = at;
      else this[side][of] = at;
      if ('leaf' in node) continue;
      waiting.push({ id: node.right, of: at, side: 'right' }, { id: node.left, of: at, side: 'left' });
    }
  }

  build(): Forest {
    const { columns, outputs, link, vectorLeaves, base } = this.shape;
    if (this.roots.length === 0) this.fail('', 'has no trees.');
    return {
      columns,
      outputs,
      classes: link === 'logistic' ? 2 : outputs,
      link,
      base: Float64Array.from(base ?? new Array<number>(outputs).fill(0)),
      roots: Int32Array.from(this.roots),
      treeOutput: vectorLeaves ? null : Uint16Array.from(this.treeOutput),
      feature: Uint16Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      missingLeft: Uint8Array.from(this.missingLeft),
      left: Int32Array.from(this.left),
      right: Int32Array.from(this.right),
      leaves: Float64Array.from(this.leaves),
    };
  }

  private addBranch(node: Exclude<SourceNode, { leaf: unknown }>, place: string, id: number): number {
    const { feature, threshold, missingLeft } = node;
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.shape.columns) {
      this.fail(place, `node ${id} asks for feature ${feature} of ${this.shape.columns}.`);
    }
    if (Number.isNaN(threshold)) this.fail(place, `node ${id} compares with NaN.`);
    if (this.feature.length >= FOREST_LIMITS.nodes)
      this.tooLarge(place, `more than ${FOREST_LIMITS.nodes} branches`);
    this.feature.push(feature);
    this.threshold.push(threshold);
    this.missingLeft.push(missingLeft ? 1 : 0);
    this.left.push(0);
    return this.right.push(0) - 1;
  }

  private addLeaf(leaf: number | readonly number[], place: string, id: number): number {
    const values = typeof leaf === 'number' ? [leaf] : leaf;
    const expected = this.shape.vectorLeaves ? this.shape.outputs : 1;
    if (values.length !== expected)
      this.fail(place, `leaf ${id} has ${values.length} values, expected ${expected}.`);
    if (!values.every(Number.isFinite)) this.fail(place, `leaf ${id} holds ${values.join(', ')}.`);
    if (this.leaves.length + expected > FOREST_LIMITS.leafValues) {
      this.tooLarge(place, `more than ${FOREST_LIMITS.leafValues} values in leaves`);
    }
    const at = this.leaves.length / expected;
    for (const value of values) this.leaves.push(value);
    return ~at;
  }

  private fail(place: string, message: string): never {
    throw modelError('model-malformed', this.file, place, message);
  }

  private tooLarge(place: string, message: string): never {
    throw modelError('model-too-large', this.file, place, message);
  }
}
