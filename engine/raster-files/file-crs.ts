import { GeoCropError } from '../errors.js';
import type { DescribedHeader } from '../windows/cog-header.js';
import { crsOfEpsg } from './crs/epsg.js';
import { KEY, numberKey, type GeoKeys } from './crs/geo-keys.js';
import { geographicCrs, projectedCrs } from './crs/user-defined.js';
import type { FileCrs } from './dataset.js';

const MODEL_PROJECTED = 1;
const MODEL_GEOGRAPHIC = 2;

/**
 * The reference system of a file; null where it has none, or one of its own making that says nothing of the Earth.
 * @throws unsupported-crs for one that is named or described, but not known here
 */
export async function fileCrs({ href, epsg, description }: DescribedHeader): Promise<FileCrs | null> {
  const { geoKeys } = description;
  const code = epsg ?? codeOfUtm(geoKeys);
  if (code !== null) {
    const known = await crsOfEpsg(code);
    if (known === null) throw unknownCrs(href, `EPSG:${code}`);
    return known;
  }
  switch (numberKey(geoKeys, KEY.modelType)) {
    case MODEL_PROJECTED: {
      const crs = await projectedCrs(geoKeys);
      const method = numberKey(geoKeys, KEY.method);
      if (crs === null && method !== undefined)
        throw unknownCrs(href, `of its own, projection method ${method},`);
      return crs;
    }
    case MODEL_GEOGRAPHIC:
      return geographicCrs(geoKeys);
    case undefined:
    default:
      return null;
  }
}

/** UTM on WGS 84, put together from its parts: ProjectionGeoKey 16001 to 16060 in the north, 16101 to 16160 in the south. */
function codeOfUtm(keys: GeoKeys): number | null {
  const projection = numberKey(keys, KEY.projection) ?? 0;
  const zone = projection % 100;
  if (numberKey(keys, KEY.geographicCrs) !== 4326 || zone < 1 || zone > 60) return null;
  const hemisphere = Math.floor(projection / 100);
  return hemisphere === 160 ? 32600 + zone : hemisphere === 161 ? 32700 + zone : null;
}

function unknownCrs(href: string, which: string): GeoCropError {
  return new GeoCropError('unsupported-crs', `Its reference system ${which} is not known here.`, {
    hint: 'Bring it to a common one with gdalwarp -t_srs EPSG:3857, or that of its UTM zone.',
    context: { href },
  });
}
