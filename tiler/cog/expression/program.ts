import type { NumberArray } from '../../../engine/raster-files/dataset.js';
import { bufferOf, type Buffer, type Kind } from './kinds.js';
import type { Term } from './term.js';

/** Elements that are computed at a time: each place's values stay in the processor's cache, and memory is bounded. */
const CHUNK = 1024;

/** Values of elements [start, start + count) in a buffer of the term's kind, good until the next call. */
type Run = (start: number, count: number) => Buffer;

/** All `length` elements of a term. @param bands every band that the term reads, `length` values each */
export function evaluate(term: Term, bands: ReadonlyMap<number, NumberArray>, length: number): Buffer {
  const out = bufferOf(term.kind, length);
  const run = compile(term, term.kind, bands, new Map());
  for (let start = 0; start < length; start += CHUNK) {
    const count = Math.min(CHUNK, length - start);
    out.set(run(start, count).subarray(0, count), start);
  }
  if (!(out instanceof Uint8Array) && !(out instanceof Int32Array)) finite(out);
  return out;
}

/** @param shared what has been compiled: the same term twice (as squares are) is computed once */
function compile(
  term: Term,
  kind: Kind,
  bands: ReadonlyMap<number, NumberArray>,
  shared: Map<Term, Run>,
): Run {
  const plain = shared.get(term) ?? once(compileTerm(term, bands, shared));
  shared.set(term, plain);
  if (term.kind === kind) return plain;
  const cast = bufferOf(kind, CHUNK);
  return (start, count) => {
    cast.set(plain(start, count).subarray(0, count));
    return cast;
  };
}

/** Runs of one chunk after the first give what is there. */
function once(run: Run): Run {
  let done = -1;
  let buffer: Buffer | null = null;
  return (start, count) => {
    if (buffer === null || done !== start) buffer = run(start, count);
    done = start;
    return buffer;
  };
}

function compileTerm(term: Term, bands: ReadonlyMap<number, NumberArray>, shared: Map<Term, Run>): Run {
  const out = bufferOf(term.kind, CHUNK);
  switch (term.type) {
    case 'constant':
      out.fill(term.value);
      return () => out;
    case 'band': {
      const band = bands.get(term.band);
      if (band === undefined) throw new RangeError(`band ${term.band} is not in the image`);
      return (start, count) => {
        out.set(band.subarray(start, start + count));
        return out;
      };
    }
    case 'one': {
      const of = compile(term.of, term.argument, bands, shared);
      return (start, count) => {
        term.kernel(out, of(start, count), count);
        return out;
      };
    }
    case 'two': {
      const left = compile(term.left, term.argument, bands, shared);
      const right = compile(term.right, term.argument, bands, shared);
      return (start, count) => {
        term.kernel(out, left(start, count), right(start, count), count);
        return out;
      };
    }
    case 'where': {
      const condition = compile(term.condition, 'bool', bands, shared);
      const yes = compile(term.yes, term.kind, bands, shared);
      const no = compile(term.no, term.kind, bands, shared);
      return (start, count) => {
        const [c, a, b] = [condition(start, count), yes(start, count), no(start, count)];
        for (let i = 0; i < count; i++) out[i] = (c[i] === 0 ? b[i] : a[i]) as number;
        return out;
      };
    }
  }
}

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127;

/** numpy's `nan_to_num`, as rio-tiler applies it: NaN is 0, infinities are the largest and smallest number there is. */
function finite(values: Float32Array | Float64Array): void {
  const most = values instanceof Float32Array ? FLOAT32_MAX : Number.MAX_VALUE;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value === 0) continue;
    values[i] = Number.isNaN(value) ? 0 : value > 0 ? most : -most;
  }
}
