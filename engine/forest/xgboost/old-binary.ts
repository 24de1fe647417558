import { modelError } from '../model-error.js';

/** Size of LearnerModelParam, which the objective's name follows (src/learner.cc, XGBoost 0.x to 2.x). */
const PARAMETERS_BYTES = 136;
/** Files of 0.4 to 0.6 that were saved by some wrappers begin with it. */
const MAGIC = 'binf';
/** An objective's name is at most that long. */
const NAME_BYTES = 64;

/** Whether this is the binary format that XGBoost wrote before JSON and UBJ, and that 3.1 no longer reads. */
export function isXgboostBinary(bytes: Uint8Array): boolean {
  const at = (text(bytes, 0, MAGIC.length) === MAGIC ? MAGIC.length : 0) + PARAMETERS_BYTES;
  const objective = lengthPrefixed(bytes, at);
  if (objective === null || !/^[a-z]+(:[a-z]+)?$/.test(objective)) return false;
  const booster = lengthPrefixed(bytes, at + 8 + objective.length);
  return booster === 'gbtree' || booster === 'gblinear' || booster === 'dart';
}

/** Throws `model-unsupported`, with what to do, where the bytes are that format. */
export function refuseXgboostBinary(bytes: Uint8Array, file: string): void {
  if (!isXgboostBinary(bytes)) return;
  throw modelError(
    'model-unsupported',
    file,
    '',
    "is XGBoost's old binary format, which XGBoost itself has given up.",
    {
      hint: 'Save it again with an XGBoost before 3.1: booster.load_model(old); booster.save_model("m.json").',
    },
  );
}

/** A text behind its length, a little-endian uint64. */
function lengthPrefixed(bytes: Uint8Array, at: number): string | null {
  if (at + 8 > bytes.length) return null;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true));
  return length <= NAME_BYTES && at + 8 + length <= bytes.length ? text(bytes, at + 8, length) : null;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
