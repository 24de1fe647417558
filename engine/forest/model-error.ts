import type { ErrorCode } from '../errors.js';
import { GeoCropError } from '../errors.js';

/**
 * An error about a trainer's file: the message begins with the file and the place in it.
 * @param place as a person finds it: `learner.gradient_booster.model.trees[3].left_children[5]`, `line 17`, `byte 2048`; '' for the whole file
 */
export function modelError(
  code: Extract<ErrorCode, `model-${string}`>,
  file: string,
  place: string,
  message: string,
  details: { hint?: string; cause?: unknown } = {},
): GeoCropError {
  return new GeoCropError(code, `${file}${place === '' ? '' : `, ${place}`}: ${message}`, {
    ...details,
    context: { file, place },
  });
}
