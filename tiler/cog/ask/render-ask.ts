import type { Asked } from './asked.js';
import { imageFormat, type AskedFormat } from './image-name.js';
import { pair, truth } from './values.js';

/** How values become a picture. Plain data. */
export interface RenderAsk {
  readonly rescale?: readonly (readonly [number, number])[];
  readonly colormapName?: string;
  /** JSON, as it was sent. */
  readonly colormap?: string;
  readonly returnMask: boolean;
  /** null: PNG where a part is masked, else JPEG. */
  readonly format: AskedFormat | null;
}

/**
 * `rescale`, `colormap_name`, `colormap`, `return_mask`; `format` where the path has none.
 * @throws bad-request
 */
export function renderAsk(asked: Asked, formatName: string | undefined): RenderAsk {
  const rescale = asked.list('rescale', pair, 'min,max');
  const colormapName = asked.last('colormap_name') || undefined;
  const colormap = asked.last('colormap') || undefined;
  const name = formatName ?? asked.last('format');
  return {
    ...(rescale === undefined ? {} : { rescale }),
    ...(colormapName === undefined ? {} : { colormapName }),
    // A name goes before a map of one's own.
    ...(colormapName !== undefined || colormap === undefined ? {} : { colormap }),
    returnMask: asked.get('return_mask', truth, 'true or false') ?? true,
    format: name === undefined ? null : imageFormat(name),
  };
}
