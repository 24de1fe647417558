const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PALETTE_COLOR = 3;

/** The indices of a palette PNG: row-major, one byte a pixel. */
export interface PaletteIndices {
  readonly width: number;
  readonly height: number;
  readonly indices: Uint8Array<ArrayBuffer>;
}

/**
 * Reads what the colours of a palette PNG stand for (W3C PNG, 3rd edition: 5 chunks, 7.2 scanlines, 9 filters): the browser's
 * own decoder gives colours only. Depths 1, 2, 4 and 8, not interlaced. null for every other kind of PNG.
 * Checksums are not looked at. Throws where the picture is cut short or is no PNG.
 */
export async function readPaletteIndices(bytes: Uint8Array): Promise<PaletteIndices | null> {
  if (SIGNATURE.some((value, at) => bytes[at] !== value)) throw new RangeError('no PNG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [width, height, depth] = [0, 0, 0];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = at + 8;
    if (type === 'IHDR') {
      [width, height, depth] = [view.getUint32(body), view.getUint32(body + 4), view.getUint8(body + 8)];
      const [color, interlace] = [view.getUint8(body + 9), view.getUint8(body + 12)];
      if (color !== PALETTE_COLOR || interlace !== 0) return null;
    } else if (type === 'IDAT') parts.push(bytes.slice(body, body + length));
    at = body + length + 4;
  }
  const stride = Math.ceil((width * depth) / 8);
  const rows = await inflated(parts);
  if (width === 0 || rows.length < (stride + 1) * height)
    throw new RangeError(`PNG data: got ${rows.length} bytes, expected ${(stride + 1) * height}`);
  for (let y = 0; y < height; y += 1) unfilter(rows, y, stride);
  return { width, height, indices: unpacked(rows, width, height, depth) };
}

async function inflated(parts: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** In place; a pixel has one byte or less, so the byte before is the one to the left (9.2). */
function unfilter(rows: Uint8Array, y: number, stride: number): void {
  const start = y * (stride + 1);
  const kind = rows[start] ?? 0;
  if (kind === 0) return;
  for (let x = 0; x < stride; x += 1) {
    const at = start + 1 + x;
    const left = x === 0 ? 0 : (rows[at - 1] ?? 0);
    const up = y === 0 ? 0 : (rows[at - stride - 1] ?? 0);
    const corner = x === 0 || y === 0 ? 0 : (rows[at - stride - 2] ?? 0);
    rows[at] = (rows[at] ?? 0) + predicted(kind, left, up, corner);
  }
}

function predicted(kind: number, left: number, up: number, corner: number): number {
  switch (kind) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
      const toCorner = Math.abs(left + up - 2 * corner);
      if (toLeft <= toUp && toLeft <= toCorner) return left;
      return toUp <= toCorner ? up : corner;
    }
    default:
      throw new RangeError(`PNG filter ${kind}`);
  }
}

/** Leftmost pixel in the high bits (7.2). */
function unpacked(rows: Uint8Array, width: number, height: number, depth: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(width * height);
  const stride = Math.ceil((width * depth) / 8);
  const perByte = 8 / depth;
  const mask = (1 << depth) - 1;
  for (let y = 0, to = 0; y < height; y += 1) {
    const start = y * (stride + 1) + 1;
    for (let x = 0; x < width; x += 1, to += 1) {
      const byte = rows[start + Math.floor(x / perByte)] ?? 0;
      out[to] = (byte >> (8 - depth - depth * (x % perByte))) & mask;
    }
  }
  return out;
}
