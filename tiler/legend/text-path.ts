import { REGULAR, SEMIBOLD, UNITS_PER_EM } from './glyphs.js';

export type Weight = 'regular' | 'semibold';
const WEIGHTS = { regular: REGULAR, semibold: SEMIBOLD } as const;

/** What stands for a character that has no outline: an empty box, as fonts draw it. */
const MISSING: readonly [number, string] = [
  1200,
  'm150-1490l900 0 0 1490-900 0zm130 130l0 1230 640 0 0-1230z',
];

/** Text as outlines: it looks the same on machines without fonts. */
export class TextPath {
  /** Pixels from the first character's origin to the end of the last. */
  readonly width: number;
  readonly #glyphs: readonly (readonly [number, string])[];
  readonly #scale: number;

  /** @param size pixels of an em */
  constructor(text: string, size: number, weight: Weight = 'regular') {
    const outlines = WEIGHTS[weight];
    this.#glyphs = [...text.normalize('NFC')].map(
      (character) => outlines[character] ?? REGULAR[character] ?? MISSING,
    );
    this.#scale = size / UNITS_PER_EM;
    this.width = this.#scale * this.#glyphs.reduce((sum, [advance]) => sum + advance, 0);
  }

  /** SVG: the text with its first character at `x` and its baseline at `y`. */
  svg(x: number, y: number, color: string): string {
    let at = 0;
    const paths = this.#glyphs.map(([advance, path]) => {
      // Paths begin with a relative move, which moves from where the one before ended.
      const placed = path === '' ? '' : `<path d="${path}" transform="translate(${at} 0)"/>`;
      at += advance;
      return placed;
    });
    return `<g transform="translate(${x} ${y}) scale(${this.#scale})" fill="${color}">${paths.join('')}</g>`;
  }
}

/** Lines that are not wider than `width` pixels, broken between words; a longer word has a line of its own. */
export function wrap(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && new TextPath(longer, size).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
