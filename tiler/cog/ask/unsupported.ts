import { GeoCropError } from '../../../engine/errors.js';
import type { Asked } from './asked.js';

/** Parameters that TiTiler acts upon and we do not, each with what to do instead. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  algorithm: 'Algorithms are not built here; simple ones can be written as an expression.',
  algorithm_params: 'Algorithms are not built here; simple ones can be written as an expression.',
  color_formula: 'Use rescale, and a colormap where there is one band.',
  access_token: 'There are no access tokens here.',
};

/**
 * Whatever would change TiTiler's answer and not ours is refused: a picture that was asked for differently and looks almost
 * the same is worse than none. Names that mean nothing to TiTiler mean nothing here.
 * @param others of this route: TiTiler has them here
 */
export function refuseUnsupported(asked: Asked, others: Readonly<Record<string, string>> = {}): void {
  for (const [name, instead] of Object.entries({ ...UNSUPPORTED, ...others })) {
    if (!asked.has(name)) continue;
    throw new GeoCropError('bad-request', `The parameter ${name} is not supported.`, {
      hint: instead,
      context: { parameter: name },
    });
  }
}
