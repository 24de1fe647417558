import type { ObjectStore } from '../../cache/object-store.js';
import type { TileId } from '../../engine/geo/tile-matrix.js';
import type { MapDefinition } from './maps.js';
import type { SceneFault, SceneListDeps } from './scene-lists.js';

/** Faults of scenes, kept beside the scene list they belong to. What cannot be read back counts as none. */
export function faultStore(store: ObjectStore): Pick<SceneListDeps, 'readFaults' | 'writeFaults'> {
  const keyOf = ({ source, seasonKey }: MapDefinition, metatile: TileId): string =>
    `scenes/${source}/${seasonKey}/12/${metatile.x}/${metatile.y}.faults.json`;
  return {
    readFaults: async (definition, metatile) => {
      const bytes = await store.get('geocrop-results', keyOf(definition, metatile));
      return bytes === undefined ? [] : parseFaults(new TextDecoder().decode(bytes));
    },
    writeFaults: async (definition, metatile, faults) => {
      const bytes = new TextEncoder().encode(JSON.stringify(faults, null, 1));
      await store.put('geocrop-results', keyOf(definition, metatile), bytes, {
        contentType: 'application/json',
      });
    },
  };
}

function parseFaults(text: string): SceneFault[] {
  try {
    const faults: unknown = JSON.parse(text);
    return Array.isArray(faults) ? faults.filter(isFault) : [];
  } catch {
    return [];
  }
}

function isFault(value: unknown): value is SceneFault {
  const fault = value as Partial<SceneFault> | null;
  return (
    typeof fault?.id === 'string' &&
    typeof fault.reason === 'string' &&
    typeof fault.firstSeenAt === 'string' &&
    (fault.quarantinedAt === null || typeof fault.quarantinedAt === 'string')
  );
}
