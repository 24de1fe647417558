import { GeoCropError } from '../../engine/errors.js';
import { checkTile } from '../../engine/geo/tile-matrix.js';
import type { TileFormat } from '../render/format.js';
import { TILE_FORMATS, isTileFormat } from '../render/format.js';
import type { TileAddress } from '../tiles/tile-service.js';

/** What `{z}/{x}/{y}[@2x][.png .tif .npy]` says. */
export interface TilePath {
  readonly tile: TileAddress;
  readonly scale: 1 | 2;
  readonly format: TileFormat;
}

/** Throws `bad-request` with what was wrong: a number, the range, the scale, the format. */
export function parseTilePath(z: string, x: string, last: string): TilePath {
  const parts = /^([^@.]*)(@[^.]*)?(?:\.(.*))?$/.exec(last);
  if (parts === null) throw malformed(last);
  const [, y = '', scale, format] = parts;
  if (scale !== undefined && scale !== '@2x' && scale !== '@1x') {
    throw new GeoCropError('bad-request', `Tiles come at @1x and @2x, not ${scale}.`, {
      hint: 'Leave the scale out for 256 pixels, write @2x for 512.',
      context: { scale },
    });
  }
  if (format !== undefined && !isTileFormat(format)) {
    throw new GeoCropError('bad-request', `There is no tile format "${format}".`, {
      hint: `Formats: ${TILE_FORMATS.join(', ')}; png without an extension.`,
      context: { format },
    });
  }
  const tile = checkTile(whole('z', z), whole('x', x), whole('y', y));
  return { tile, scale: scale === '@2x' ? 2 : 1, format: format ?? 'png' };
}

function whole(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new GeoCropError('bad-request', `${name} = "${text}" is not a whole number.`, {
    hint: 'Tiles are addressed as /tiles/{z}/{x}/{y}, for example /tiles/14/9557/9068.png.',
    context: { [name]: text },
  });
}

function malformed(text: string): GeoCropError {
  return new GeoCropError('bad-request', `"${text}" is no row of tiles.`, {
    hint: 'Write the row as {y}, {y}.png, {y}@2x.png, {y}.tif or {y}.npy.',
  });
}
