import type { Json } from '../plain.js';

/** A STAC item as a catalogue would write it, for tests that are about one thing of it. */
export function itemJson(id: string, change: { properties?: Json; [member: string]: unknown } = {}): Json {
  const { properties, ...rest } = change;
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id,
    collection: 'sentinel-2-test',
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [29, -19],
          [32, -19],
          [32, -17],
          [29, -17],
          [29, -19],
        ],
      ],
    },
    properties: {
      datetime: '2021-11-05T08:01:02Z',
      'eo:cloud_cover': 10,
      'proj:epsg': 32735,
      's2:processing_baseline': '05.00',
      ...properties,
    },
    assets: {
      blue: { href: `./${id}/B02.tif` },
      green: { href: `./${id}/B03.tif` },
      red: { href: `./${id}/B04.tif` },
      nir: { href: `./${id}/B08.tif` },
      scl: { href: `./${id}/SCL.tif` },
    },
    links: [],
    ...rest,
  };
}

export function collectionOf(...features: readonly unknown[]): Json {
  return { type: 'FeatureCollection', features, links: [] };
}
