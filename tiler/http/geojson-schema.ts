import type { Schema } from './route.js';

const POSITION: Schema = {
  type: 'array',
  prefixItems: [
    { type: 'number', minimum: -180, maximum: 180 },
    { type: 'number', minimum: -90, maximum: 90 },
  ],
  minItems: 2,
};
const RING: Schema = { type: 'array', items: POSITION, minItems: 4 };
const POLYGON: Schema = { type: 'array', items: RING, minItems: 1 };

const GEOMETRY: Schema = {
  oneOf: [
    {
      type: 'object',
      required: ['type', 'coordinates'],
      properties: { type: { const: 'Polygon' }, coordinates: POLYGON },
    },
    {
      type: 'object',
      required: ['type', 'coordinates'],
      properties: { type: { const: 'MultiPolygon' }, coordinates: { type: 'array', items: POLYGON } },
    },
  ],
};

const COLLECTION: Schema = {
  type: 'object',
  required: ['type', 'geometries'],
  properties: {
    type: { const: 'GeometryCollection' },
    geometries: { type: 'array', items: GEOMETRY, minItems: 1 },
  },
};

const FEATURE: Schema = {
  type: 'object',
  required: ['type', 'geometry'],
  properties: { type: { const: 'Feature' }, geometry: { oneOf: [GEOMETRY, COLLECTION] }, properties: {} },
};

/** Polygons as GeoJSON has them (RFC 7946). */
export const GEOJSON_SCHEMA: Schema = {
  oneOf: [
    GEOMETRY,
    COLLECTION,
    FEATURE,
    {
      type: 'object',
      required: ['type', 'features'],
      properties: {
        type: { const: 'FeatureCollection' },
        features: { type: 'array', items: FEATURE, minItems: 1 },
      },
    },
  ],
  examples: [
    {
      type: 'Polygon',
      coordinates: [
        [
          [29.98, -17.82],
          [30.0, -17.82],
          [30.0, -17.8],
          [29.98, -17.8],
          [29.98, -17.82],
        ],
      ],
    },
  ],
};
