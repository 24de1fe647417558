import { badParameter } from '../../../cog/ask/asked.js';

export interface SizeName {
  readonly width: string;
  readonly height: string;
  readonly format: string;
}

/** `{width}x{height}.{format}`. @throws bad-request */
export function parseSizeName(text: string): SizeName {
  const [, width, height, format] = /^(\d+)x(\d+)\.(\w+)$/.exec(text) ?? [];
  if (width !== undefined && height !== undefined && format !== undefined) return { width, height, format };
  throw badParameter('size', text, 'of the form {width}x{height}.{format}');
}
