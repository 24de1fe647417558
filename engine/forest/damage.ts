import assert from 'node:assert/strict';

import { isGeoCropError } from '../errors.js';
import type { ModelReader } from './forest.js';

/** For tests only: what readers make of damaged files. */

/** Numbers from 0 to below 1, the same each time (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Reads a good file cut at about `times` places, and as often with one to four bytes changed: each must give a model, or an error
 * of ours that names the file.
 * @returns how many were read all the same: of the cut, of the changed
 */
export function readDamaged(
  read: ModelReader,
  bytes: Uint8Array,
  times: number,
): { readonly cut: number; readonly changed: number } {
  const random = seededRandom(bytes.length);
  const survives = (damaged: Uint8Array, what: string): boolean => {
    try {
      read(damaged, 'damaged');
      return true;
    } catch (error) {
      const ours = isGeoCropError(error, 'model-malformed', 'model-unsupported', 'model-too-large');
      assert.ok(ours && error.message.startsWith('damaged'), `${what}: ${String(error)}`);
      return false;
    }
  };
  let [cut, changed] = [0, 0];
  const step = Math.max(1, Math.floor(bytes.length / times));
  for (let end = 0; end < bytes.length; end += step) {
    if (survives(bytes.subarray(0, end), `cut at ${end}`)) cut++;
  }
  for (let i = 0; i < times; i++) {
    const damaged = Uint8Array.from(bytes);
    const places: string[] = [];
    for (let k = 0; k <= i % 4; k++) {
      const at = Math.floor(random() * bytes.length);
      // A bit, as on a bad disk; or any byte.
      damaged[at] = i % 2 === 0 ? damaged[at]! ^ (1 << Math.floor(random() * 8)) : Math.floor(random() * 256);
      places.push(`${at}: ${damaged[at]}`);
    }
    if (survives(damaged, `changed at ${places.join(', ')}`)) changed++;
  }
  return { cut, changed };
}
