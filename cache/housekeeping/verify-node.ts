import type { TileId } from '../../engine/geo/tile-matrix.js';
import { TILE_SIZE } from '../../engine/geo/tile-matrix.js';
import type { ObjectStore } from '../object-store.js';
import {
  NODE_LEVELS,
  NODE_TILES,
  nodePrefix,
  nodeProductKey,
  PYRAMID_BUCKET,
  versionKey,
  type PyramidName,
} from '../pyramid-keys.js';
import { CellBits } from '../pyramid-documents.js';
import { PyramidNodes } from '../pyramid-nodes.js';
import { productProblem } from './verify-product.js';
import type { Problem, VersionCheck } from './verify-version.js';

/** Reads back the newest version of a node of the pyramid, one file at a time. */
export async function checkNode(
  store: ObjectStore,
  name: PyramidName,
  node: TileId,
  signal?: AbortSignal,
): Promise<VersionCheck> {
  const prefix = nodePrefix(name, node);
  const { version, document } = await new PyramidNodes(store).newest(name, node);
  const check = { files: 1, bytes: 0, problems: [] as Problem[] };
  if (document === undefined) {
    if (version > 0)
      check.problems.push({ key: versionKey(prefix, version), what: 'it is not the JSON of a node' });
    return check;
  }
  // A node of nothing but metatiles without scenes has no files.
  const filled = document.cells.some((cell) => CellBits.fromHex(cell.filled).any());
  const side = NODE_TILES * TILE_SIZE;
  const window = { zoom: node.z + NODE_LEVELS - 1, px0: node.x * side, py0: node.y * side };
  for (const product of document.products) {
    signal?.throwIfAborted();
    const key = nodeProductKey(prefix, document.folder, product);
    const bytes = await store.get(PYRAMID_BUCKET, key, signal);
    if (bytes === undefined) {
      if (!filled) continue;
      check.problems.push({ key, what: 'it is missing, and its node names it' });
      continue;
    }
    check.files += 1;
    check.bytes += bytes.length;
    const what = await productProblem(bytes, { name: product, form: 'node', side, window, classes: null });
    if (what !== null) check.problems.push({ key, what });
  }
  return check;
}
