import type { RGBA } from '../../../engine/raster-files/dataset.js';
import type { Image } from '../../../engine/raster-files/image.js';
import type { RenderAsk } from '../ask/render-ask.js';
import type { Colormap, Post } from '../post.js';
import type { ImageAnswer } from './job.js';

/** @param palette of the file: what has no colormap of its own is shown with it */
export async function renderImage(
  post: Post,
  image: Image,
  ask: RenderAsk,
  palette: ReadonlyMap<number, RGBA> | null,
): Promise<ImageAnswer> {
  const colormap = colormapOf(post, ask, palette);
  const { rescale, returnMask, format } = ask;
  const encoded = await post.encodeImage(image, {
    format: format?.format ?? 'auto',
    returnMask,
    ...(rescale === undefined ? {} : { rescale }),
    ...(colormap === null ? {} : { colormap }),
  });
  return {
    kind: 'image',
    body: encoded.body,
    contentType: format?.contentType ?? encoded.contentType,
    bounds: image.bounds,
    crs: (image.crs?.epsg ?? null) === null ? null : (image.crs?.name ?? null),
  };
}

function colormapOf(
  post: Post,
  { colormapName, colormap }: RenderAsk,
  palette: ReadonlyMap<number, RGBA> | null,
): Colormap | null {
  if (colormapName !== undefined) return post.namedColormap(colormapName);
  if (colormap !== undefined) return post.parseColormap(colormap);
  return palette === null ? null : { kind: 'values', colors: palette };
}
