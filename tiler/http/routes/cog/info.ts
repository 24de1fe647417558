import type { CogService } from '../../../cog/cog-service.js';
import { refuseUnsupported } from '../../../cog/ask/unsupported.js';
import { NOT_MODIFIED, json, queryParameter } from '../../parameters.js';
import type { Handler } from '../../deps.js';
import type { Operation } from '../../route.js';
import { URL_PARAMETER } from './parameters.js';
import { askedOf, askedUrl, respond } from './respond.js';

export const INFO_OPERATION: Operation = {
  summary: 'What a file is',
  description: 'Bounds, bands, type, nodata, overviews and metadata, as TiTiler’s /cog/info.',
  tag: 'cog',
  parameters: [URL_PARAMETER],
  answers: json('What the file says of itself.'),
};

/** GET /cog/info. */
export function infoRoute(cog: CogService): Handler {
  return (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked);
    return respond(c, cog, { url: askedUrl(asked), job: { kind: 'info' } });
  };
}

export const INFO_FEATURE_OPERATION: Operation = {
  summary: 'What a file is, as GeoJSON',
  description: 'Its bounds as a feature, in degrees or in crs.',
  tag: 'cog',
  parameters: [
    URL_PARAMETER,
    queryParameter('crs', 'Reference system of the bounds.', { type: 'string', default: 'EPSG:4326' }),
  ],
  answers: {
    200: {
      description: 'A feature whose properties are those of /cog/info.',
      content: { 'application/geo+json': { type: 'object' } },
    },
    ...NOT_MODIFIED,
  },
};

/** GET /cog/info.geojson. */
export function infoFeatureRoute(cog: CogService): Handler {
  return (c) => {
    const asked = askedOf(c);
    refuseUnsupported(asked);
    return respond(c, cog, {
      url: askedUrl(asked),
      job: { kind: 'info-feature', crs: asked.last('crs') ?? 'EPSG:4326' },
      made: (answer) => ({
        body: JSON.stringify(answer.kind === 'json' ? answer.value : null),
        headers: { 'Content-Type': 'application/geo+json' },
      }),
    });
  };
}
