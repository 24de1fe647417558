import { GeoCropError, isGeoCropError } from '../engine/errors.js';
import { canonicalJson } from '../engine/digest.js';
import { parseSceneList } from '../engine/scenes/scene-list-json.js';
import type { SceneList } from '../engine/scenes/scene.js';
import { type Bucket, type ObjectStore } from './object-store.js';

const RESULTS: Bucket = 'geocrop-results';

export interface SceneListName {
  readonly profile: string;
  readonly season: string;
  readonly year: number;
  readonly metatile: { readonly x: number; readonly y: number };
}

export interface SceneListStoreOptions {
  /** Told of each list that was there and could not be used. */
  readonly onDamage?: (error: GeoCropError) => void;
}

/** Scene lists under `scenes/{profile}/{season}-{year}/12/{x}/{y}.json`. A new list replaces the old one. */
export class SceneListStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly options: SceneListStoreOptions = {},
  ) {}

  /** undefined where none is stored, or a damaged one: then it is to be looked up (again). */
  async read(name: SceneListName, signal?: AbortSignal): Promise<SceneList | undefined> {
    const key = sceneListKey(name);
    const bytes = await this.store.get(RESULTS, key, signal);
    if (bytes === undefined) return undefined;
    try {
      const list = parseSceneList(bytes);
      if (sceneListKey(list) !== key) {
        throw new GeoCropError(
          'store-corrupt',
          `The scene list at ${key} says that it is ${sceneListKey(list)}.`,
          {
            hint: 'Delete it; it is looked up again.',
            context: { key },
          },
        );
      }
      return list;
    } catch (error) {
      if (!isGeoCropError(error, 'store-corrupt')) throw error;
      this.options.onDamage?.(error);
      return undefined;
    }
  }

  /** A list with unchecked scenes is not a result and must not come here. */
  async write(list: SceneList): Promise<void> {
    if (list.unchecked !== undefined && list.unchecked.length > 0) {
      throw new RangeError(`scene list: got ${list.unchecked.length} unchecked scenes, expected none`);
    }
    await this.store.put(RESULTS, sceneListKey(list), Buffer.from(canonicalJson(list), 'utf8'), {
      contentType: 'application/json',
    });
  }
}

export function sceneListKey({ profile, season, year, metatile }: SceneListName): string {
  return `scenes/${profile}/${season}-${year}/12/${metatile.x}/${metatile.y}.json`;
}
