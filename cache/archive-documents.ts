import type { StacItem } from '../engine/encode/stac-item.js';

/** `current.json`: names the newest complete `{scenes}` of a metatile. */
export interface Current {
  readonly scenes: string;
  readonly lookedUpAt?: string;
}

export function isCurrent(value: unknown): value is Current {
  if (typeof value !== 'object' || value === null || !('scenes' in value)) return false;
  const lookedUpAt = 'lookedUpAt' in value ? value.lookedUpAt : undefined;
  return (
    typeof value.scenes === 'string' &&
    /^[0-9A-Za-z_-]+$/.test(value.scenes) &&
    (lookedUpAt === undefined || typeof lookedUpAt === 'string')
  );
}

export function isItem(value: unknown): value is StacItem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'Feature' &&
    'properties' in value &&
    typeof value.properties === 'object' &&
    'assets' in value
  );
}

/** The object of this shape in these bytes; undefined where there is none. */
export function parseDocument<T>(bytes: Uint8Array, check: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return check(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
