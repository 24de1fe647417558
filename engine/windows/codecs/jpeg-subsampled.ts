import { HuffmanTable, JpegBits } from './jpeg-bits.js';
import { inverse8, inverseEnlarged } from './jpeg-idct.js';
import { segments } from './jpeg-stream.js';

/** Markers. Source: ITU-T T.81, table B.1. */
const BASELINE = 0xc0;
const EXTENDED = 0xc1;
const HUFFMAN = 0xc4;
const SCAN = 0xda;
const QUANTIZATION = 0xdb;
const RESTART_INTERVAL = 0xdd;

/** Coefficients in the order that they are coded, row-major (T.81, figure A.6). */
const ZIGZAG = Uint8Array.of(
  ...[
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28,
  ],
  ...[
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
    61, 54, 47, 55, 62, 63,
  ],
);

interface Component {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  readonly quantization: Int32Array;
  dc: HuffmanTable;
  ac: HuffmanTable;
  predicted: number;
  /** Samples that a block becomes. */
  readonly width: 8 | 16;
  readonly height: 8 | 16;
  readonly plane: Uint8Array;
}

interface Tables {
  readonly quantization: Map<number, Int32Array>;
  readonly huffman: Map<number, HuffmanTable>;
  interval: number;
}

/** What is decoded here: one sequential scan of three components, the second and third at half resolution in a direction. */
interface Stream {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  readonly interval: number;
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly stride: number;
  readonly bits: JpegBits;
}

/**
 * A JPEG in YCbCr whose colour differences have half the resolution, to red, green and blue; null where it is any other.
 * Decoders differ in how they enlarge those: libjpeg-turbo by a triangle filter, IJG's libjpeg since its version 7 within
 * each block, by its cosines. GDAL in Python's wheels has the latter, and with it all that is built on them.
 * @param tables shared ones, which come first
 * @returns rows · width · 3
 */
export function decodeSubsampled(bytes: Uint8Array, tables: Uint8Array | null): Uint8Array | null {
  const stream = open(bytes, tables);
  if (stream === null) return null;
  const coefficients = new Int32Array(64);
  let mcu = 0;
  for (let y = 0; y < stream.mcusDown; y += 1) {
    for (let x = 0; x < stream.mcusAcross; x += 1, mcu += 1) {
      if (stream.interval > 0 && mcu > 0 && mcu % stream.interval === 0) {
        stream.bits.restart();
        for (const component of stream.components) component.predicted = 0;
      }
      for (const component of stream.components) decodeMcu(stream, component, x, y, coefficients);
    }
  }
  return toRgb(stream);
}

function decodeMcu(
  stream: Stream,
  component: Component,
  x: number,
  y: number,
  coefficients: Int32Array,
): void {
  const { across, down, width, height, plane } = component;
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      coefficients.fill(0);
      const last = readBlock(stream.bits, component, coefficients);
      const at = (y * down + row) * height * stream.stride + (x * across + column) * width;
      if (last === 0) fillBlock(component, coefficients[0]!, at, stream.stride);
      else if (width === 8 && height === 8) inverse8(coefficients, plane, at, stream.stride);
      else inverseEnlarged(coefficients, plane, at, stream.stride, width, height);
    }
  }
}

/** One block's coefficients, times their quantization. Returns the place of the last one that is not zero, 0: none but the first. */
function readBlock(bits: JpegBits, component: Component, coefficients: Int32Array): number {
  const { quantization, dc, ac } = component;
  const size = bits.symbol(dc);
  if (size > 15) throw new Error('its JPEG has a difference of more than 15 bits');
  if (size > 0) component.predicted = (component.predicted + bits.signed(size)) | 0;
  coefficients[0] = component.predicted * quantization[0]!;
  let last = 0;
  for (let k = 1; k < 64; k += 1) {
    const symbol = bits.symbol(ac);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol >> 4 !== 15) break;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw new Error('its JPEG has more coefficients than a block');
    coefficients[ZIGZAG[k]!] = bits.signed(length) * quantization[k]!;
    last = k;
  }
  return last;
}

/** All samples alike, rounded as inverse8 rounds. */
function fillBlock(
  { plane, width, height }: Component,
  coefficient: number,
  at: number,
  stride: number,
): void {
  const value = Math.min(Math.max(((coefficient + 4) >> 3) + 128, 0), 255);
  for (let row = 0; row < height; row += 1) plane.fill(value, at + row * stride, at + row * stride + width);
}

function open(bytes: Uint8Array, shared: Uint8Array | null): Stream | null {
  const tables: Tables = { quantization: new Map(), huffman: new Map(), interval: 0 };
  let frame: Uint8Array | null = null;
  for (const stream of shared === null ? [bytes] : [shared, bytes]) {
    for (const { marker, from, to } of segments(stream)) {
      const body = stream.subarray(from + 4, to);
      if (marker === QUANTIZATION) readQuantization(body, tables);
      else if (marker === HUFFMAN) readHuffman(body, tables);
      else if (marker === RESTART_INTERVAL) tables.interval = body[0]! * 256 + body[1]!;
      else if (marker === BASELINE || marker === EXTENDED) frame = body;
      else if (marker === SCAN) return frame === null ? null : openScan(stream, from, frame, tables);
    }
  }
  return null;
}

function openScan(stream: Uint8Array, from: number, frame: Uint8Array, tables: Tables): Stream | null {
  const height = frame[1]! * 256 + frame[2]!;
  const width = frame[3]! * 256 + frame[4]!;
  const length = stream[from + 2]! * 256 + stream[from + 3]!;
  // All three in this one scan, all of their coefficients.
  if (frame[5] !== 3 || stream[from + 4] !== 3 || length !== 12) return null;
  const factors = [0, 1, 2].map((i) => frame[7 + 3 * i]!);
  const [y = 0, cb = 0, cr = 0] = factors;
  const halves = [0x22, 0x21, 0x12];
  if (!halves.includes(y) || cb !== 0x11 || cr !== 0x11) return null;
  const mcuWidth = 8 * (y >> 4);
  const mcuHeight = 8 * (y & 15);
  const mcusAcross = Math.ceil(width / mcuWidth);
  const mcusDown = Math.ceil(height / mcuHeight);
  const stride = mcusAcross * mcuWidth;
  const components = [0, 1, 2].map((i): Component => {
    const [across, down] = [factors[i]! >> 4, factors[i]! & 15];
    const selectors = stream[from + 6 + 2 * i]!;
    return {
      id: frame[6 + 3 * i]!,
      across,
      down,
      quantization: known(tables.quantization.get(frame[8 + 3 * i]!)),
      dc: known(tables.huffman.get(selectors >> 4)),
      ac: known(tables.huffman.get(16 + (selectors & 15))),
      predicted: 0,
      width: across * 8 === mcuWidth ? 8 : 16,
      height: down * 8 === mcuHeight ? 8 : 16,
      plane: new Uint8Array(stride * mcusDown * mcuHeight),
    };
  });
  // Components come in the order of the frame.
  if (components.some(({ id }, i) => stream[from + 5 + 2 * i] !== id)) return null;
  const bits = new JpegBits(stream, from + 2 + length);
  return { width, height, components, interval: tables.interval, mcusAcross, mcusDown, stride, bits };
}

function known<T>(table: T | undefined): T {
  if (table === undefined) throw new Error('its JPEG names a table that it lacks');
  return table;
}

function readQuantization(body: Uint8Array, { quantization }: Tables): void {
  for (let at = 0; at < body.length;) {
    const head = body[at++]!;
    const wide = head >> 4 !== 0;
    const table = new Int32Array(64);
    for (let i = 0; i < 64; i += 1, at += wide ? 2 : 1) {
      table[i] = wide ? body[at]! * 256 + body[at + 1]! : body[at]!;
    }
    if (at > body.length) throw new Error('its quantization table is cut');
    quantization.set(head & 15, table);
  }
}

function readHuffman(body: Uint8Array, { huffman }: Tables): void {
  for (let at = 0; at + 17 <= body.length;) {
    const head = body[at]!;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    if (symbols.length < total || total > 256) throw new Error('its Huffman table is cut');
    huffman.set(head & 31, new HuffmanTable(counts, symbols));
    at += 17 + total;
  }
}

/** By ITU-T T.871, with the rounding of libjpeg's jdcolor.c: 16 bits behind the point. */
const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);
const HALF = 1 << 15;
const RED_OF_CR = Int32Array.from({ length: 256 }, (_, i) => (fixed(1.402) * (i - 128) + HALF) >> 16);
const BLUE_OF_CB = Int32Array.from({ length: 256 }, (_, i) => (fixed(1.772) * (i - 128) + HALF) >> 16);
const GREEN_OF_CR = Int32Array.from({ length: 256 }, (_, i) => -fixed(0.714136286) * (i - 128));
const GREEN_OF_CB = Int32Array.from({ length: 256 }, (_, i) => -fixed(0.344136286) * (i - 128) + HALF);

function toRgb({ width, height, stride, components }: Stream): Uint8Array {
  const [luma, blue, red] = components.map(({ plane }) => plane);
  // Clamped where it is written.
  const out = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    for (let at = row * stride, end = at + width; at < end; at += 1, to += 3) {
      const y = luma![at]!;
      const cb = blue![at]!;
      const cr = red![at]!;
      out[to] = y + RED_OF_CR[cr]!;
      out[to + 1] = y + ((GREEN_OF_CB[cb]! + GREEN_OF_CR[cr]!) >> 16);
      out[to + 2] = y + BLUE_OF_CB[cb]!;
    }
  }
  return new Uint8Array(out.buffer);
}
