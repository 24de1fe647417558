import { GeoCropError } from '../errors.js';
import type { DescribedHeader } from '../windows/cog-header.js';
import { crsOfEpsg } from './crs/epsg.js';
import { KEY, numberKey, utmZone, type GeoKeys } from './crs/geo-keys.js';
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
      const method = numberKey(geoKeys, KEY.method) ?? numberKey(geoKeys, KEY.projection);
      if (crs === null && method !== undefined) throw unknownCrs(href, `of its own, projection ${method},`);
      return crs;
    }
    case MODEL_GEOGRAPHIC:
      return geographicCrs(geoKeys);
    case undefined:
    default:
      return null;
  }
}

/** UTM on WGS 84, put together from its parts. */
function codeOfUtm(keys: GeoKeys): number | null {
  const zone = utmZone(keys);
  if (zone === null || numberKey(keys, KEY.geographicCrs) !== 4326) return null;
  return (zone.south ? 32700 : 32600) + zone.number;
}

function unknownCrs(href: string, which: string): GeoCropError {
  return new GeoCropError('unsupported-crs', `Its reference system ${which} is not known here.`, {
    hint: 'Bring it to a common one with gdalwarp -t_srs EPSG:3857, or that of its UTM zone.',
    context: { href },
  });
}
