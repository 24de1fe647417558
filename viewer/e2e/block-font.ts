/**
 * A font whose letters are blocks of plausible width and height, made here. Golden pictures are taken with it: where text stands,
 * how long its lines are and where they break is then the same on every machine, whatever fonts and font settings it has. What the
 * text says is what the tests' other assertions are about.
 */
const EM = 1000;
const ASCENT = 800;
const DESCENT = 200;
/** Latin, punctuation, arrows, mathematical signs, shapes: all that the page writes. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x17f],
  [0x2010, 0x2044],
  [0x2080, 0x2089],
  [0x2190, 0x21ff],
  [0x2200, 0x22ff],
  [0x25a0, 0x25ff],
];

interface Block {
  readonly advance: number;
  /** Above the baseline; equal: nothing is drawn. */
  readonly bottom: number;
  readonly top: number;
  readonly of: RegExp;
}
/** The first that fits a letter is its. The order is that of the glyphs. */
const BLOCKS: readonly Block[] = [
  { advance: 280, bottom: 0, top: 0, of: /[\s\u00ad]/u },
  { advance: 280, bottom: 0, top: 140, of: /[.,:;·…'’‘"“”]/u },
  { advance: 460, bottom: 240, top: 320, of: /[-–—−_~=+±×<>≤≥→←]/u },
  { advance: 300, bottom: 0, top: 700, of: /[ijltfrI1!|()[\]/]/u },
  { advance: 820, bottom: 0, top: 700, of: /[MWOQ@%&]/u },
  { advance: 780, bottom: 0, top: 500, of: /[mw]/u },
  { advance: 500, bottom: 0, top: 500, of: /[acegnopqrsuvxyzµ]/u },
  { advance: 560, bottom: 0, top: 700, of: /[^]/u },
];
const BEARING = 45;

export function blockFont(): Uint8Array {
  const chars = RANGES.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  const tables: readonly (readonly [string, Uint8Array])[] = [
    ['OS/2', os2()],
    ['cmap', cmap(chars)],
    ['glyf', glyf()],
    ['head', head()],
    ['hhea', hhea()],
    ['hmtx', bytes(...BLOCKS.flatMap(({ advance }) => [u16(advance), u16(BEARING)]))],
    ['loca', loca()],
    ['maxp', bytes(u32(0x10000), u16(BLOCKS.length), u16(4), u16(1), ...zeros(11))],
    ['name', name('Blocks')],
    ['post', bytes(u32(0x30000), ...zeros(14))],
  ];
  const directory = 12 + 16 * tables.length;
  const parts: Uint8Array[] = [bytes(u32(0x10000), u16(tables.length), u16(128), u16(3), u16(32))];
  const bodies: Uint8Array[] = [];
  let at = directory;
  for (const [tag, body] of tables) {
    const padded = new Uint8Array(Math.ceil(body.length / 4) * 4);
    padded.set(body);
    parts.push(
      bytes(
        [...tag].map((c) => c.charCodeAt(0)),
        u32(checksum(padded)),
        u32(at),
        u32(body.length),
      ),
    );
    bodies.push(padded);
    at += padded.length;
  }
  return bytes(...parts, ...bodies);
}

type Part = ArrayLike<number>;
const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const zeros = (words: number): number[][] => Array.from({ length: words }, () => [0, 0]);
const bytes = (...parts: readonly Part[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

function checksum(table: Uint8Array): number {
  const view = new DataView(table.buffer);
  let sum = 0;
  for (let at = 0; at < table.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}

const glyphOf = (char: number): number => BLOCKS.findIndex(({ of }) => of.test(String.fromCharCode(char)));

/** Format 4: a segment for each character, and the one that ends the list. */
function cmap(chars: readonly number[]): Uint8Array {
  const segments = [
    ...chars.map((char) => ({ char, delta: glyphOf(char) - char })),
    { char: 0xffff, delta: 1 },
  ];
  const count = segments.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const length = 16 + 8 * count;
  return bytes(
    ...[u16(0), u16(1), u16(3), u16(1), u32(12)],
    ...[u16(4), u16(length), u16(0), u16(2 * count)],
    ...[u16(2 * power), u16(Math.log2(power)), u16(2 * (count - power))],
    ...segments.map(({ char }) => u16(char)),
    u16(0),
    ...segments.map(({ char }) => u16(char)),
    ...segments.map(({ delta }) => u16(delta & 0xffff)),
    ...segments.map(() => u16(0)),
  );
}

function glyphs(): Uint8Array[] {
  return BLOCKS.map(({ advance, bottom, top }) => {
    if (top === bottom) return new Uint8Array(0);
    const [left, right] = [BEARING, advance - BEARING];
    return bytes(
      ...[u16(1), u16(left), u16(bottom), u16(right), u16(top)],
      ...[u16(3), u16(0), [1, 1, 1, 1]],
      // Differences from corner to corner, clockwise: all x, then all y.
      ...[left, 0, right - left, 0].map(u16),
      ...[bottom, top - bottom, 0, bottom - top].map(u16),
    );
  });
}

/** Each glyph on a boundary of four bytes. */
const padded = (length: number): number => Math.ceil(length / 4) * 4;

function glyf(): Uint8Array {
  return bytes(
    ...glyphs().flatMap((glyph) => [glyph, Array<number>(padded(glyph.length) - glyph.length).fill(0)]),
  );
}

function loca(): Uint8Array {
  let at = 0;
  return bytes(u32(0), ...glyphs().map((glyph) => u32((at += padded(glyph.length)))));
}

function head(): Uint8Array {
  return bytes(
    ...[u32(0x10000), u32(0x10000), u32(0), u32(0x5f0f3cf5), u16(3), u16(EM)],
    ...zeros(8),
    ...[u16(0), u16(0), u16(EM), u16(ASCENT), u16(0), u16(8), u16(2), u16(1), u16(0)],
  );
}

function hhea(): Uint8Array {
  return bytes(
    ...[u32(0x10000), u16(ASCENT), u16(-DESCENT), u16(0), u16(EM), u16(0), u16(0), u16(EM)],
    ...[u16(1), ...zeros(7)],
    u16(BLOCKS.length),
  );
}

function os2(): Uint8Array {
  return bytes(
    ...[u16(4), u16(500), u16(400), u16(5), ...zeros(12)],
    ...zeros(5),
    ...zeros(8),
    [...'GEOC'].map((c) => c.charCodeAt(0)),
    ...[u16(0x40), u16(0x20), u16(0x25ff), u16(ASCENT), u16(-DESCENT), u16(0), u16(ASCENT), u16(DESCENT)],
    ...[u32(1), u32(0), u16(500), u16(700), u16(0), u16(32), u16(0)],
  );
}

function name(family: string): Uint8Array {
  const text = [...family].flatMap((c) => u16(c.charCodeAt(0)));
  const ids = [1, 2, 4, 6];
  return bytes(
    ...[u16(0), u16(ids.length), u16(6 + 12 * ids.length)],
    ...ids.flatMap((id) => [u16(3), u16(1), u16(0x409), u16(id), u16(text.length), u16(0)]),
    text,
  );
}
