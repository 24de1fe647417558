/** Samples of one block: pixel-interleaved, rows of `width · bands` values. */
export type BlockSamples = Uint8Array | Uint16Array | Int16Array | Float32Array;

/**
 * Predictor 2 (TIFF 6.0, section 14): each sample minus the same band's sample to its left, modulo the sample's range.
 * Works in place.
 */
export function differenceRows(
  samples: Uint8Array | Uint16Array | Int16Array,
  width: number,
  bands: number,
): void {
  const row = width * bands;
  for (let end = samples.length; end > 0; end -= row) {
    for (let i = end - 1; i >= end - row + bands; i--) {
      samples[i] = (samples[i] as number) - (samples[i - bands] as number);
    }
  }
}

/**
 * Predictor 3 (Adobe Photoshop TIFF technical note 3): a row's bytes regrouped by significance, highest first, then
 * differenced bytewise at a distance of `bands`, as libtiff does.
 */
export function floatRows(samples: Float32Array, width: number, bands: number): Uint8Array {
  const row = width * bands;
  const source = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const out = new Uint8Array(samples.byteLength);
  for (let start = 0; start < samples.length; start += row) {
    const base = start * 4;
    for (let i = 0; i < row; i++) {
      const at = base + i * 4;
      out[base + i] = source[at + 3] as number;
      out[base + row + i] = source[at + 2] as number;
      out[base + 2 * row + i] = source[at + 1] as number;
      out[base + 3 * row + i] = source[at] as number;
    }
    for (let i = base + row * 4 - 1; i >= base + bands; i--) {
      out[i] = (out[i] as number) - (out[i - bands] as number);
    }
  }
  return out;
}

/** The bytes of a block as they go into DEFLATE; `samples` may be changed. Little-endian machines only, as node's. */
export function predict(
  samples: BlockSamples,
  predictor: 1 | 2 | 3,
  width: number,
  bands: number,
): Uint8Array {
  if (predictor === 3) {
    if (!(samples instanceof Float32Array)) throw new RangeError('predictor 3 is for float32');
    return floatRows(samples, width, bands);
  }
  if (predictor === 2) {
    if (samples instanceof Float32Array) throw new RangeError('predictor 2 is for integers; float32 takes 3');
    differenceRows(samples, width, bands);
  }
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
