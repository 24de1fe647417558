import { badParameter } from '../../../cog/ask/asked.js';
import { wholeNumber } from '../../../cog/ask/values.js';

export interface TileName {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  /** Of 256 pixels. */
  readonly scale: number;
  readonly format: string | undefined;
}

/** `{z}/{x}/{y}[@{scale}x][.{format}]`. @throws bad-request */
export function parseTileName(z: string, x: string, last: string): TileName {
  const [, y = '', scale, format] = /^(-?\d+)(?:@([^.]*)x)?(?:\.(\w+))?$/.exec(last) ?? [];
  const factor = scale === undefined ? 1 : parseScale(scale);
  if (factor === undefined) throw badParameter('scale', scale ?? '', 'a scale from @1x to @4x');
  const whole = (name: string, text: string, given = text): number => {
    const value = wholeNumber(text);
    if (value === undefined) throw badParameter(name, given, 'a whole number');
    return value;
  };
  return { z: whole('z', z), x: whole('x', x), y: whole('y', y, last), scale: factor, format };
}

/** 1 to 4, as TiTiler had it. */
export function parseScale(text: string): number | undefined {
  return /^[1-4]$/.test(text) ? Number(text) : undefined;
}
