import { readScaling } from './input-scaling.js';
import type { InputScaling } from './input-scaling.js';
import { DATA_TYPE, ML_DOMAIN } from './onnx-fields.js';
import type { OnnxModel, OnnxNode } from './onnx-graph.js';
import { readTensor } from './onnx-tensor.js';
import { MOST_COLUMNS, columnsOf, opaque } from './score-columns.js';
import type { Opaque, ScoreColumn, ScoreColumns } from './score-columns.js';
import { readTreeEnsemble, wordsOf } from './tree-ensemble.js';
import { TreeProblem } from './tree-nodes.js';

/** What a tensor of a graph is to us: the model's input, a constant, scores, or none of these. */
export type GraphValue =
  | { readonly kind: 'rows'; readonly scaling: InputScaling | null }
  | { readonly kind: 'constant'; readonly tensor: Uint8Array }
  | ScoreColumns
  | Opaque;

/** All tensors of a graph by name. Throws TreeProblem where a tree operator contradicts itself. */
export function graphValues(model: OnnxModel): Map<string, GraphValue> {
  const values = new Map<string, GraphValue>();
  for (const { name } of model.inputs) values.set(name, { kind: 'rows', scaling: null });
  for (const [name, tensor] of model.constants) values.set(name, { kind: 'constant', tensor });
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => values.get(name) ?? opaque(`its graph lacks "${name}"`));
    const results = evaluate(node, inputs);
    node.outputs.forEach((name, i) =>
      values.set(name, results[i] ?? opaque(`it uses the labels of its ${node.op}`)),
    );
  }
  return values;
}

function evaluate(node: OnnxNode, inputs: readonly GraphValue[]): (GraphValue | undefined)[] {
  const [first] = inputs;
  const unknown = inputs.find((value): value is Opaque => value.kind === 'opaque');
  if (unknown !== undefined) return node.outputs.map(() => unknown);
  const other = opaque(`its graph has ${node.op}, which is not part of a tree ensemble`);
  if (node.domain === ML_DOMAIN) {
    if (node.op.startsWith('TreeEnsemble')) {
      if (first?.kind !== 'rows')
        return node.outputs.map(() => opaque(`its ${node.op} does not read the input as it is`));
      const ensemble = treeEnsembleAt(node);
      const { scaling } = first;
      const scores =
        'unsupported' in ensemble ? opaque(ensemble.unsupported) : columnsOf({ ...ensemble, scaling });
      return node.op === 'TreeEnsembleClassifier' ? [undefined, scores] : [scores];
    }
    if (node.op === 'Scaler' && first?.kind === 'rows' && first.scaling === null) {
      const scaling = readScaling(node);
      return [
        scaling === null ? opaque('its Scaler does not keep the order of values') : { ...first, scaling },
      ];
    }
    if (node.op === 'ZipMap' && first?.kind === 'scores') {
      const classNames = wordsOf(node.attributes.get('classlabels_strings')?.strings ?? []);
      return [{ ...first, classNames: classNames ?? first.classNames }];
    }
  } else if (node.domain === '' || node.domain === 'ai.onnx') {
    return [OPERATORS.get(node.op)?.(inputs, node) ?? other];
  }
  return node.outputs.map(() => other);
}

function treeEnsembleAt(node: OnnxNode): ReturnType<typeof readTreeEnsemble> {
  try {
    return readTreeEnsemble(node);
  } catch (error) {
    if (error instanceof TreeProblem) error.place = node.op;
    throw error;
  }
}

type Operator = (inputs: readonly GraphValue[], node: OnnxNode) => GraphValue | null;

/** ONNX's operators around trees. null: not in this way. */
const OPERATORS = new Map<string, Operator>(
  Object.entries<Operator>({
    Identity: ([x]) => x ?? null,
    Cast: ([x], { attributes }) => (attributes.get('to')?.int === DATA_TYPE.float ? (x ?? null) : null),
    Constant: (_, { attributes }) => {
      const tensor = attributes.get('value')?.tensor ?? null;
      return tensor === null ? null : { kind: 'constant', tensor };
    },
    Softmax: ([x], { attributes }) => {
      const axis = attributes.get('axis')?.int ?? 1;
      return x?.kind === 'scores' && x.link === 'none' && isColumnAxis(axis)
        ? { ...x, link: 'softmax' }
        : null;
    },
    Sigmoid: ([x]) => (x?.kind === 'scores' && x.link === 'none' ? { ...x, link: 'sigmoid' } : null),
    Neg: ([x]) => (x?.kind === 'scores' && x.link === 'none' ? mapColumns(x, opposite) : null),
    Concat: (inputs, { attributes }) =>
      isColumnAxis(attributes.get('axis')?.int ?? 0) ? concatenate(inputs) : null,
    Add: ([a, b]) => withConstant(a, b, (c) => 0 === c, shift) ?? withConstant(b, a, (c) => c === 0, shift),
    Sub: ([a, b]) =>
      withConstant(
        a,
        b,
        (c) => c === 0,
        (column, c) => shift(column, -c),
      ) ??
      oneMinus(a, b) ??
      withConstant(
        b,
        a,
        () => false,
        (column, c) => shift(opposite(column), c),
      ),
    Mul: ([a, b]) =>
      withConstant(a, b, (c) => c === 1, stretch) ?? withConstant(b, a, (c) => c === 1, stretch),
    Div: ([a, b]) =>
      withConstant(
        a,
        b,
        (c) => c === 1,
        (column, c) => stretch(column, 1 / c),
      ),
  }),
);

const isColumnAxis = (axis: number) => axis === 1 || axis === -1;

const shift = (column: ScoreColumn, by: number): ScoreColumn => ({ ...column, offset: column.offset + by });
const stretch = ({ output, scale, offset }: ScoreColumn, by: number): ScoreColumn => ({
  output,
  scale: scale * by,
  offset: offset * by,
});
const opposite = (column: ScoreColumn): ScoreColumn => stretch(column, -1);

function mapColumns(x: ScoreColumns, map: (column: ScoreColumn, i: number) => ScoreColumn): ScoreColumns {
  return { ...x, columns: x.columns.map(map) };
}

/** Scores with a constant, one number or one for each column; after a link only where the constant changes nothing. */
function withConstant(
  x: GraphValue | undefined,
  constant: GraphValue | undefined,
  changesNothing: (c: number) => boolean,
  map: (column: ScoreColumn, c: number) => ScoreColumn,
): ScoreColumns | null {
  if (x?.kind !== 'scores' || constant?.kind !== 'constant') return null;
  const values = constantColumns(constant.tensor, x.columns.length);
  if (values === null) return null;
  if (values.every(changesNothing)) return x;
  if (x.link !== 'none') return null;
  const mapped = mapColumns(x, (column, i) => map(column, values[i]!));
  // A division by zero makes infinities, which no forest holds.
  return mapped.columns.every(({ scale, offset }) => Number.isFinite(scale + offset)) ? mapped : null;
}

/** 1 − σ(s) is σ(−s). */
function oneMinus(one: GraphValue | undefined, x: GraphValue | undefined): ScoreColumns | null {
  if (x?.kind !== 'scores' || x.link !== 'sigmoid' || one?.kind !== 'constant') return null;
  const values = constantColumns(one.tensor, x.columns.length);
  return values?.every((value) => value === 1) === true ? mapColumns(x, opposite) : null;
}

/** A constant as it is spread over rows of `columns` columns; null where it is not. */
function constantColumns(tensor: Uint8Array, columns: number): readonly number[] | null {
  const { dataType, shape, values } = readTensor(tensor);
  if (dataType !== DATA_TYPE.float || shape.length > 2) return null;
  if (values.length === 1) return new Array<number>(columns).fill(values[0]!);
  const isRow = shape.at(-1) === columns && values.length === columns;
  return isRow ? values : null;
}

function concatenate(inputs: readonly GraphValue[]): ScoreColumns | null {
  const [first] = inputs;
  if (first?.kind !== 'scores' || first.link === 'softmax') return null;
  const columns: ScoreColumn[] = [];
  for (const x of inputs) {
    if (x.kind !== 'scores' || x.ensemble !== first.ensemble || x.link !== first.link) return null;
    for (const column of x.columns) columns.push(column);
    // Doubled again and again they would fill the memory.
    if (columns.length > MOST_COLUMNS) return null;
  }
  return { ...first, columns };
}
