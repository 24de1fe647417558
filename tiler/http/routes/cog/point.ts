import { badParameter } from '../../../cog/ask/asked.js';
import { readAsk } from '../../../cog/ask/read-ask.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import { finiteNumber } from '../../../cog/ask/values.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { Handler } from '../../deps.js';
import { json, pathParameter } from '../../parameters.js';
import type { Operation } from '../../route.js';
import { COORD_CRS, READ_PARAMETERS, URL_PARAMETER } from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';

export const COG_POINT_OPERATION: Operation = {
  summary: 'A file’s values at a place',
  description: 'Of the pixel that holds the place; null where it is masked.',
  tag: 'cog',
  parameters: [
    pathParameter(
      'lonlat',
      'Longitude and latitude, or what coord_crs has.',
      { type: 'string' },
      '30.1,-17.8',
    ),
    URL_PARAMETER,
    ...READ_PARAMETERS,
    COORD_CRS,
  ],
  answers: json('Values by band.'),
};

/** GET /cog/point/{lon},{lat}. */
export function cogPointRoute(cog: CogService): Handler {
  return (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked);
    const text = c.req.param('lonlat') ?? '';
    const [x, y, ...more] = text.split(',').map(finiteNumber);
    if (x === undefined || y === undefined || more.length > 0) {
      throw badParameter('lon,lat', text, 'two numbers with a comma between them');
    }
    const crs = asked.last('coord_crs') ?? 'EPSG:4326';
    return respond(c, cog, { url: askedUrl(asked), job: { kind: 'point', x, y, crs, read: readAsk(asked) } });
  };
}
