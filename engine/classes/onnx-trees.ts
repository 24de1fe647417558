import { fieldsOf, packedVarints } from './protobuf.js';

/** Field numbers of onnx.proto (onnx/onnx, IR version 3 on). */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE_OP_TYPE = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_INTS = 8;
const ATTRIBUTE_STRINGS = 9;

interface Attribute {
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}

export interface TreesFound {
  /** What is wrong with the trees themselves, or null. */
  readonly problem: string | null;
  /** Columns that the input must have at least: the highest that a branch asks for, plus 1; 0 without trees. */
  readonly columns: number;
}

/**
 * Looks into the tree ensembles of an ONNX file, which ONNX Runtime trusts: a branch that leads back up makes it run for ever, a
 * feature beyond the input's columns reads what lies behind the row. Throws RangeError where the file is no protobuf.
 */
export function inspectTrees(model: Uint8Array): TreesFound {
  let columns = 0;
  for (const { op, attributes } of nodesOf(model)) {
    if (!op.startsWith('TreeEnsemble')) continue;
    const problem = ensembleProblem(attributes);
    if (problem !== null) return { problem: `its ${op}: ${problem}`, columns };
    for (const id of columnsAsked(attributes)) columns = Math.max(columns, id + 1);
  }
  return { problem: null, columns };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The bytes of a message's fields of one number. */
function* messages(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of fieldsOf(message)) {
    if (field.number === number && field.kind === 'bytes') yield field.value;
  }
}

function* nodesOf(model: Uint8Array): Generator<{ op: string; attributes: ReadonlyMap<string, Attribute> }> {
  for (const graph of messages(model, MODEL_GRAPH)) {
    for (const node of messages(graph, GRAPH_NODE)) {
      const [op = new Uint8Array(0)] = messages(node, NODE_OP_TYPE);
      const attributes = new Map([...messages(node, NODE_ATTRIBUTE)].map(attributeOf));
      yield { op: text(op), attributes };
    }
  }
}

function attributeOf(message: Uint8Array): [string, Attribute] {
  let name = '';
  const ints: number[] = [];
  const strings: string[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === ATTRIBUTE_INTS) {
      if (field.kind === 'varint') ints.push(field.value);
      else for (const value of packedVarints(field.value)) ints.push(value);
    } else if (field.kind !== 'bytes') continue;
    else if (field.number === ATTRIBUTE_NAME) name = text(field.value);
    else if (field.number === ATTRIBUTE_STRINGS) strings.push(text(field.value));
  }
  return [name, { ints, strings }];
}

function columnsAsked(attributes: ReadonlyMap<string, Attribute>): number[] {
  const modes = attributes.get('nodes_modes')?.strings ?? [];
  return (attributes.get('nodes_featureids')?.ints ?? []).filter((_, i) => modes[i] !== 'LEAF');
}

function ensembleProblem(attributes: ReadonlyMap<string, Attribute>): string | null {
  const ints = (name: string) => attributes.get(name)?.ints ?? [];
  const modes = attributes.get('nodes_modes')?.strings ?? [];
  const negative = columnsAsked(attributes).find((id) => id < 0);
  if (negative !== undefined) return `a branch asks for column ${negative}.`;

  const children = attributes.has('nodes_nodeids')
    ? childrenByName(ints('nodes_treeids'), ints('nodes_nodeids'), modes, [
        ints('nodes_truenodeids'),
        ints('nodes_falsenodeids'),
      ])
    : childrenByPlace([
        [ints('nodes_truenodeids'), ints('nodes_trueleafs')],
        [ints('nodes_falsenodeids'), ints('nodes_falseleafs')],
      ]);
  if (typeof children === 'string') return children;
  return leadsInCircles(children) ? 'a branch leads back to a node above it.' : null;
}

/** Places of each node's children: TreeEnsembleClassifier and TreeEnsembleRegressor, where trees name their own nodes. */
function childrenByName(
  trees: readonly number[],
  nodes: readonly number[],
  modes: readonly string[],
  sides: readonly (readonly number[])[],
): number[][] | string {
  const key = (tree: number | undefined, node: number | undefined) => `${tree}/${node}`;
  const placeOf = new Map(nodes.map((node, i) => [key(trees[i], node), i]));
  const children: number[][] = [];
  for (let i = 0; i < nodes.length; i++) {
    const places = modes[i] === 'LEAF' ? [] : sides.map((side) => placeOf.get(key(trees[i], side[i])));
    if (!places.every((place): place is number => place !== undefined)) {
      return `node ${nodes[i]} of tree ${trees[i]} has a child that is not there.`;
    }
    children.push(places);
  }
  return children;
}

/** Places of each node's children: TreeEnsemble of ai.onnx.ml 5, where nodes name places and leaves are a list of their own. */
function childrenByPlace(
  sides: readonly (readonly [ids: readonly number[], leafs: readonly number[]])[],
): number[][] | string {
  const count = Math.max(0, ...sides.map(([ids]) => ids.length));
  const children = Array.from({ length: count }, (_, i) =>
    sides.flatMap(([ids, leafs]) => (leafs[i] === 1 ? [] : [ids[i] ?? -1])),
  );
  const lost = children.findIndex((places) => places.some((place) => place < 0 || place >= count));
  return lost >= 0 ? `node ${lost} has a child that is not there.` : children;
}

/** Takes away nodes that nothing leads to, again and again (Kahn 1962): what cannot be taken away is a circle. */
function leadsInCircles(children: readonly (readonly number[])[]): boolean {
  const parents = new Uint32Array(children.length);
  for (const places of children) for (const place of places) parents[place]! += 1;
  const free = [...parents.keys()].filter((i) => parents[i] === 0);
  let taken = 0;
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    taken += 1;
    for (const place of children[next]!) if (--parents[place]! === 0) free.push(place);
  }
  return taken < children.length;
}
