import { isGeoCropError } from '../../engine/errors.js';
import { isCurrent, parseDocument } from '../archive-documents.js';
import { ARCHIVE_BUCKET, currentKey, metatilePrefix } from '../archive-keys.js';
import type { ObjectStore } from '../object-store.js';
import { PyramidMarks } from '../pyramid-marks.js';
import { removeVersion } from '../remove-version.js';
import type { Inventory, StoredMetatile, StoredNode, StoredSceneList } from './inventory.js';
import { takeInventory } from './take-inventory.js';
import { pointerProblem, sceneListProblem } from './verify-documents.js';
import { checkNode } from './verify-node.js';
import { checkVersion, type Problem, type VersionName } from './verify-version.js';

export interface VerifyOptions {
  /** What the digits of recipes begin with; default: all. */
  readonly recipe?: string;
  /** `summer-2021`; default: all. */
  readonly season?: string;
  /** Part of the metatiles that is read, 0 to 1; default 1. */
  readonly sample?: number;
  /** Take out what is broken, so that it is made anew. */
  readonly repair?: boolean;
  /** 0 to below 1; default Math.random. */
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  /** Told before the first file is read. */
  readonly onBegin?: (things: number) => void;
  readonly onChecked?: (checked: VerifyReport) => void;
}

export interface Broken extends Problem {
  /** It was taken out; false: it was not asked for, or could not be. */
  readonly repaired: boolean;
}

export interface VerifyReport {
  /** Finished metatiles that were read, each of its versions counted. */
  metatiles: number;
  sceneLists: number;
  /** Of the pyramid. */
  nodes: number;
  files: number;
  bytes: number;
  readonly broken: Broken[];
  /** Nodes that are broken or taken out and marked: a process that computes makes them anew. */
  waiting: number;
  /** Files without an item: being written, or left by a killed process. `gc` removes them after a day. */
  unfinished: number;
  /** Keys that GeoCrop does not write. */
  foreign: number;
}

/** Metatiles that are read at once, each with one file in memory. */
const AT_ONCE = 4;
/** One after the other that the store refuses to read. */
const MOST_REFUSED = 10;

type Thing =
  | { readonly kind: 'version'; readonly name: VersionName }
  | { readonly kind: 'pointer'; readonly stored: StoredMetatile }
  | { readonly kind: 'node'; readonly stored: StoredNode }
  | { readonly kind: 'scene-list'; readonly list: StoredSceneList };

/**
 * Reads back what is archived, a few metatiles at a time, and goes on after what is broken. Beside a running server: what is
 * taken away or written anew meanwhile is no damage, since what seems broken is looked at twice.
 * @throws what the store throws where it cannot be read at all, and the signal's reason; the report is what `onChecked` was told last
 */
export async function verifyStore(store: ObjectStore, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { signal, onBegin, onChecked } = options;
  const inventory = await takeInventory(store, signal === undefined ? {} : { signal });
  const things = thingsOf(inventory, options);
  const report: VerifyReport = {
    metatiles: 0,
    sceneLists: 0,
    nodes: 0,
    files: 0,
    bytes: 0,
    broken: [],
    waiting: 0,
    unfinished: inventory.metatiles
      .flatMap(({ versions }) => versions)
      .filter((one) => one.finishedAt === null).length,
    foreign: inventory.foreign.objects,
  };
  onBegin?.(things.length);
  const queue = things.values();
  const refused = { inARow: 0 };
  const worker = async (): Promise<void> => {
    for (const thing of queue) {
      signal?.throwIfAborted();
      const { problems, files, bytes } = await checkReadable(store, thing, refused, signal);
      if (thing.kind === 'version') report.metatiles += 1;
      else if (thing.kind === 'node') report.nodes += 1;
      else if (thing.kind === 'scene-list') report.sceneLists += 1;
      report.files += files;
      report.bytes += bytes;
      if (thing.kind === 'node' && problems.length > 0 && (await isMarked(store, thing.stored))) {
        report.waiting += 1;
        onChecked?.(report);
        continue;
      }
      const repaired =
        options.repair === true && problems.length > 0 && (await repair(store, thing, problems));
      for (const problem of problems) report.broken.push({ ...problem, repaired });
      onChecked?.(report);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return report;
}

function thingsOf(
  { metatiles, sceneLists, nodes }: Pick<Inventory, 'metatiles' | 'sceneLists' | 'nodes'>,
  { recipe = '', season, sample = 1, random = Math.random }: VerifyOptions,
): Thing[] {
  const wanted = ({ season: own }: { readonly season: string }): boolean =>
    (season === undefined || own === season) && (sample >= 1 || random() < sample);
  const archived = metatiles
    .filter((stored) => stored.recipe.startsWith(recipe) && wanted(stored))
    .flatMap((stored): Thing[] => [
      ...stored.versions
        .filter(({ finishedAt }) => finishedAt !== null)
        .map(({ scenes }): Thing => ({ kind: 'version', name: { ...stored, scenes } })),
      ...(stored.pointer === null ? [] : [{ kind: 'pointer', stored } as const]),
    ]);
  const wantedNodes = nodes.filter((stored) => stored.recipe.startsWith(recipe) && wanted(stored));
  // Scene lists belong to no recipe.
  const lists = recipe === '' ? sceneLists.filter(wanted) : [];
  const isPointer = ({ kind }: Thing): boolean => kind === 'pointer';
  return [
    ...archived.filter((thing) => !isPointer(thing)),
    ...wantedNodes.map((stored) => ({ kind: 'node', stored }) as const),
    ...lists.map((list) => ({ kind: 'scene-list', list }) as const),
    // Last: what is taken away meanwhile has lost its pointer by then.
    ...archived.filter(isPointer),
  ];
}

interface Found {
  readonly problems: readonly Problem[];
  readonly files: number;
  readonly bytes: number;
}

/** What is wrong the second time too: others may write and remove between two looks. */
async function twice(look: () => Promise<Found>): Promise<Found> {
  const found = await look();
  return found.problems.length === 0 ? found : look();
}

async function check(store: ObjectStore, thing: Thing, signal: AbortSignal | undefined): Promise<Found> {
  const one = (problem: Problem | null): Found => ({
    problems: problem === null ? [] : [problem],
    files: 1,
    bytes: 0,
  });
  switch (thing.kind) {
    case 'version':
      return (await checkVersion(store, thing.name, signal)) ?? { problems: [], files: 0, bytes: 0 };
    case 'node':
      return checkNode(store, thing.stored, thing.stored.node, signal);
    case 'pointer':
      return one(await pointerProblem(store, thing.stored));
    case 'scene-list':
      return one(await sceneListProblem(store, thing.list));
  }
}

/** A disk may refuse to read one file for good, which is damage; a store that refuses all is not there. */
async function checkReadable(
  store: ObjectStore,
  thing: Thing,
  refused: { inARow: number },
  signal: AbortSignal | undefined,
): Promise<Found> {
  try {
    const found = await twice(() => check(store, thing, signal));
    refused.inARow = 0;
    return found;
  } catch (error) {
    if (!isGeoCropError(error, 'store-unavailable')) throw error;
    refused.inARow += 1;
    const key = error.context['key'];
    if (refused.inARow > MOST_REFUSED || typeof key !== 'string') throw error;
    return { problems: [{ key, what: `it cannot be read: ${error.message}` }], files: 0, bytes: 0 };
  }
}

/** Whether a server that computes is going to make the node anew, all its files. */
async function isMarked(store: ObjectStore, { recipe, season, node }: StoredNode): Promise<boolean> {
  const marks = await new PyramidMarks(store, Date.now).list();
  return marks.some(
    ({ place: { z, x, y }, ...mark }) =>
      mark.recipe === recipe && mark.season === season && z === node.z && x === node.x && y === node.y,
  );
}

/** Takes out what is broken; false where the store does not let it. */
async function repair(store: ObjectStore, thing: Thing, problems: readonly Problem[]): Promise<boolean> {
  try {
    if (thing.kind !== 'version') {
      // A server that computes and finds the mark makes the node anew, out of what is archived.
      if (thing.kind === 'node')
        await new PyramidMarks(store, Date.now).put(thing.stored, thing.stored.node, {});
      for (const { key } of problems) {
        // The highest version stays the highest: which is the next is told by it.
        if (thing.kind !== 'node' || key.endsWith('.tif')) await store.delete(ARCHIVE_BUCKET, key);
      }
      return true;
    }
    const { recipe, season, metatile, scenes } = thing.name;
    const prefix = metatilePrefix(recipe, season, metatile);
    await removeVersion(store, prefix, scenes);
    const pointer = await store.get(ARCHIVE_BUCKET, currentKey(prefix));
    if (pointer !== undefined && parseDocument(pointer, isCurrent)?.scenes === scenes) {
      await store.delete(ARCHIVE_BUCKET, currentKey(prefix));
    }
    return true;
  } catch (error) {
    if (!isGeoCropError(error)) throw error;
    return false;
  }
}
