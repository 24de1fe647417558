import { countRows, newTally } from '../../classes/class-tally.js';
import { isGeoCropError } from '../../errors.js';
import type { CompressedBlock } from '../../windows/block-spec.js';
import { decodeBlockSync } from '../../windows/decode.js';
import type { TaskInput, TaskOutput } from '../tasks.js';

/** Counts classes in tiles of a metatile; those with a block that does not decode are named, and count nothing. */
export function tally({ tiles }: TaskInput<'tally'>): TaskOutput<'tally'> {
  const total = newTally();
  const damaged: number[] = [];
  for (const [at, { classes, confidence, spans, hectares }] of tiles.entries()) {
    const decoded = decode(classes);
    const percent = confidence === null ? null : decode(confidence);
    if (decoded === undefined || percent === undefined) damaged.push(at);
    else {
      const stride = classes.spec.blockWidth;
      countRows(total, { classes: decoded, confidence: percent, stride, spans, hectares });
    }
  }
  return { tally: total, damaged };
}

function decode({ spec, bytes }: CompressedBlock): Uint8Array | undefined {
  try {
    return decodeBlockSync(spec, bytes) as Uint8Array;
  } catch (error) {
    if (isGeoCropError(error)) return undefined;
    throw error;
  }
}
