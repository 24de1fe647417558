import type { Legend } from '../render/legend.js';
import type { Weight } from './text-path.js';
import { TextPath, wrap } from './text-path.js';
import { legendTitle, plainNumber, plainText, sentenceCase } from './words.js';

/** A legend as it is drawn: where everything lies is known before anything is drawn. */
export interface LegendPicture {
  /** Pixels at scale 1. */
  readonly width: number;
  readonly height: number;
  /** SVG elements. */
  draw(): string;
}

export interface LegendPictureOptions {
  /** What the map is: a line below the title. */
  readonly subtitle: string;
  /** False: neither title nor credits, for programs that show both themselves. */
  readonly titled: boolean;
}

const INK = '#1b2530';
const QUIET = '#5c6875';
const EDGE = '#00000038';

const MARGIN = 14;
const TITLE = 15;
const TEXT = 13;
const SMALL = 10.5;
/** Pixels of text size from the top of a line to its baseline. */
const BASELINE = 1.02;

const SWATCH = { width: 22, height: 15 } as const;
const ROW = 23;
const GAP = 10;
const RAMP = { width: 236, height: 16 } as const;
const TICK = 4;

/** The widest that a line of text makes the picture. */
const MAX_TEXT_WIDTH = 320;
const MIN_TEXT_WIDTH = 216;

interface Part {
  readonly width: number;
  readonly height: number;
  readonly draw: (x: number, y: number) => string;
}

/** The picture of a legend: classes with their colours, or a ramp with its values and unit; for true colour what it shows. */
export function legendPicture(legend: Legend, { subtitle, titled }: LegendPictureOptions): LegendPicture {
  const key = keyOf(legend);
  const room = Math.max(MIN_TEXT_WIDTH, Math.min(MAX_TEXT_WIDTH, key.width));
  const parts = titled
    ? [
        ...lines(legendTitle(legend), TITLE, room, INK, 'semibold'),
        ...lines(subtitle, SMALL + 1, room, QUIET),
        space(8),
        key,
        space(6),
        ...lines(plainText(legend.attribution), SMALL, room, QUIET),
      ]
    : [key];
  const width = Math.ceil(2 * MARGIN + Math.max(...parts.map((part) => part.width)));
  const height = Math.ceil(2 * MARGIN + parts.reduce((sum, part) => sum + part.height, 0));
  return { width, height, draw: () => stack(parts).draw(MARGIN, MARGIN) };
}

/** @param scale pixels of the picture a pixel of the layout */
export function legendSvg(picture: LegendPicture, scale: number): string {
  const { width, height } = picture;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * scale}" height="${height * scale}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>${picture.draw()}</svg>`
  );
}

function keyOf({ classes, stops, min, max, unit }: Legend): Part {
  if (classes !== undefined)
    return stack(classes.map(({ name, color }) => swatch(sentenceCase(name), color)));
  if (stops !== undefined && min !== undefined && max !== undefined)
    return ramp(stops, min, max, unit ?? null);
  return stack(lines('Red, green and blue: reflectance 0 to 0.3', TEXT, MAX_TEXT_WIDTH, INK));
}

function swatch(name: string, color: string): Part {
  const text = new TextPath(name, TEXT);
  return {
    width: SWATCH.width + GAP + text.width,
    height: ROW,
    draw: (x, y) => {
      const top = y + (ROW - SWATCH.height) / 2;
      return (
        box(x, top, SWATCH.width, SWATCH.height, color) +
        text.svg(x + SWATCH.width + GAP, y + ROW / 2 + 0.36 * TEXT, INK)
      );
    },
  };
}

function ramp(
  stops: readonly { readonly value: number; readonly color: string }[],
  min: number,
  max: number,
  unit: string | null,
): Part {
  const percent = unit === '%' ? ' %' : '';
  const labels = [min, (min + max) / 2, max].map(
    (value) => new TextPath(`${plainNumber(value)}${percent}`, SMALL + 1),
  );
  const name = unit === null || percent !== '' ? null : new TextPath(unit, SMALL + 1);
  const head = name === null ? 0 : 18;
  const gradient = stops
    .map(({ value, color }) => `<stop offset="${(value - min) / (max - min)}" stop-color="${color}"/>`)
    .join('');
  return {
    width: RAMP.width,
    height: head + RAMP.height + TICK + 18,
    draw: (x, y) => {
      const top = y + head;
      const below = top + RAMP.height;
      const ends = labels.map((label, at) => {
        const tick = x + 0.5 + (at / 2) * (RAMP.width - 1);
        // The outer two stay within the ramp's width.
        const left = x + (at / 2) * (RAMP.width - label.width);
        return (
          `<path d="M${tick} ${below}v${TICK}" stroke="${QUIET}"/>` + label.svg(left, below + TICK + 13, INK)
        );
      });
      return (
        `<defs><linearGradient id="ramp">${gradient}</linearGradient></defs>` +
        (name === null ? '' : name.svg(x, y + 12, QUIET)) +
        box(x, top, RAMP.width, RAMP.height, 'url(#ramp)') +
        ends.join('')
      );
    },
  };
}

/** With an edge inside, so that white on white is seen too. */
function box(x: number, y: number, width: number, height: number, fill: string): string {
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>` +
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" fill="none" stroke="${EDGE}"/>`
  );
}

function lines(text: string, size: number, room: number, color: string, weight: Weight = 'regular'): Part[] {
  return wrap(text, size, room).map((line) => {
    const path = new TextPath(line, size, weight);
    return {
      width: path.width,
      height: Math.round(1.4 * size),
      draw: (x, y) => path.svg(x, y + BASELINE * size, color),
    };
  });
}

function space(height: number): Part {
  return { width: 0, height, draw: () => '' };
}

function stack(parts: readonly Part[]): Part {
  return {
    width: Math.max(0, ...parts.map((part) => part.width)),
    height: parts.reduce((sum, part) => sum + part.height, 0),
    draw: (x, y) => {
      let at = y;
      return parts
        .map((part) => {
          const svg = part.draw(x, at);
          at += part.height;
          return svg;
        })
        .join('');
    },
  };
}
