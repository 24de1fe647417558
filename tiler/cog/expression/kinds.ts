import type { NumberArray } from '../../../engine/raster-files/dataset.js';

/**
 * numexpr's types: truth values, int32, int64, float32, float64. `long` is held in float64 here: exact to 2 ** 53, no
 * wrap-around beyond 2 ** 63.
 */
export const KINDS = ['bool', 'int', 'long', 'float', 'double'] as const;
export type Kind = (typeof KINDS)[number];

/** Values of each kind while they are computed and as they come out. */
export interface BufferOf {
  readonly bool: Uint8Array;
  readonly int: Int32Array;
  readonly long: Float64Array;
  readonly float: Float32Array;
  readonly double: Float64Array;
}
export type Buffer = BufferOf[Kind];

export function bufferOf(kind: Kind, length: number): Buffer {
  switch (kind) {
    case 'bool':
      return new Uint8Array(length);
    case 'int':
      return new Int32Array(length);
    case 'float':
      return new Float32Array(length);
    case 'long':
    case 'double':
      return new Float64Array(length);
  }
}

/** What numexpr takes a band for: small integers are int32, uint32 needs int64. */
export function kindOf(band: NumberArray): Kind {
  if (band instanceof Float64Array) return 'double';
  if (band instanceof Float32Array) return 'float';
  return band instanceof Uint32Array ? 'long' : 'int';
}

export const rank = (kind: Kind): number => KINDS.indexOf(kind);
export const isWhole = (kind: Kind): boolean => kind === 'int' || kind === 'long';
export const isReal = (kind: Kind): boolean => kind === 'float' || kind === 'double';

export function commonKind(...kinds: readonly Kind[]): Kind {
  return kinds.reduce((most, kind) => (rank(kind) > rank(most) ? kind : most), 'bool');
}

/** What numpy makes of arrays of both in one: int32 beside float32 needs float64. */
export function stackedKind(...kinds: readonly Kind[]): Kind {
  const most = commonKind(...kinds);
  return most === 'float' && kinds.some(isWhole) ? 'double' : most;
}

/** In words of people who do not know numexpr. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  bool: 'a truth value',
  int: 'whole numbers',
  long: 'whole numbers',
  float: 'numbers with decimals',
  double: 'numbers with decimals',
};
