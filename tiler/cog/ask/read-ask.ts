import {
  RESAMPLING,
  WARP_RESAMPLING,
  type Resampling,
  type WarpResampling,
} from '../../../engine/raster-files/read.js';
import type { Asked } from './asked.js';
import { anyNumber, oneOf, positiveNumber, truth } from './values.js';

/** Which values of a file, and how they are resampled. Plain data. */
export interface ReadAsk {
  /** From 1; what an expression reads goes before it. */
  readonly bands?: readonly number[];
  readonly expression?: string;
  readonly nodata?: number;
  readonly unscale?: boolean;
  readonly resampling?: Resampling;
  readonly reproject?: WarpResampling;
}

/** `bidx`, `expression`, `nodata`, `unscale`, `resampling`, `reproject`. @throws bad-request */
export function readAsk(asked: Asked): ReadAsk {
  const bands = asked.list('bidx', positiveNumber, 'the number of a band, from 1');
  // An empty text is no expression, to TiTiler too.
  const expression = asked.last('expression') === '' ? undefined : asked.last('expression');
  const nodata = asked.get('nodata', anyNumber, 'a number, nan, inf or -inf');
  const unscale = asked.get('unscale', truth, 'true or false');
  const resampling = asked.get('resampling', oneOf(RESAMPLING), `one of ${RESAMPLING.join(', ')}`);
  const reproject = asked.get('reproject', oneOf(WARP_RESAMPLING), `one of ${WARP_RESAMPLING.join(', ')}`);
  return {
    ...(bands === undefined ? {} : { bands }),
    ...(expression === undefined ? {} : { expression }),
    ...(nodata === undefined ? {} : { nodata }),
    ...(unscale === undefined ? {} : { unscale }),
    ...(resampling === undefined ? {} : { resampling }),
    ...(reproject === undefined ? {} : { reproject }),
  };
}
