import { areaProblem } from '../geo/check-geometry.js';
import type { Area } from '../geo/polygon.js';
import { asList, asNumber, asRecord, asText, type Json } from './plain.js';
import type { LeftOutScene } from './scene.js';
import type { StacAsset } from './stac-asset.js';
import { absoluteHref, epsgOf, readAsset } from './stac-asset.js';

/** One STAC item (1.0 or 1.1) as plain, checked values. */
export interface StacItem {
  readonly id: string;
  /** Empty where the item names none. */
  readonly collection: string;
  /** Where it was found: the base of its relative hrefs. */
  readonly location: string;
  /** ISO 8601, UTC: `datetime`, else `start_datetime`. */
  readonly datetime: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly date: string;
  /** Percent, 0 where it is not stated. */
  readonly cloudCover: number;
  /** A number like 5.09, 0 where it is not stated. */
  readonly baseline: number;
  readonly epsg: number | null;
  /** Degrees. */
  readonly geometry: Area;
  readonly assets: readonly StacAsset[];
  /** All properties, for what only one catalogue has. */
  readonly properties: Json;
}

/** Reads an item; what is no item is named with the reason instead. Never throws. */
export function readItem(value: unknown, location: string, preferSelf = false): StacItem | LeftOutScene {
  const raw = asRecord(value);
  const id = asText(raw?.['id']);
  if (raw === undefined || id === undefined) return malformed(location, 'is not a STAC item with an id');
  const properties = asRecord(raw['properties']);
  if (properties === undefined) return malformed(id, 'has no properties');
  const time = timeOf(asText(properties['datetime']) ?? asText(properties['start_datetime']));
  if (time === undefined) return malformed(id, 'has neither datetime nor start_datetime');
  const problem = areaProblem(raw['geometry']);
  if (problem !== null) return malformed(id, `has a geometry that ${problem}`);
  const assets = asRecord(raw['assets']);
  if (assets === undefined) return malformed(id, 'has no assets');

  const base = preferSelf ? (selfLink(raw, location) ?? location) : location;
  const read = Object.entries(assets)
    .map(([key, asset]) => readAsset(key, asset, base))
    .filter((asset) => asset !== undefined);
  const datetime = time.toISOString();
  return {
    id,
    collection: asText(raw['collection']) ?? '',
    location: base,
    datetime,
    date: datetime.slice(0, 10),
    cloudCover: asNumber(properties['eo:cloud_cover']) ?? 0,
    baseline: baselineOf(properties),
    epsg: epsgOf(properties) ?? read.find((asset) => asset.epsg !== null)?.epsg ?? null,
    geometry: raw['geometry'] as Area,
    assets: read,
    properties,
  };
}

export function isItem(read: StacItem | LeftOutScene): read is StacItem {
  return 'assets' in read;
}

/** A date-time without a zone is UTC, as all of STAC is; JavaScript would take it for local time. */
function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const zoned = /([zZ]|[+-]\d\d:?\d\d)$/.test(text) || !/[tT ]/.test(text) ? text : `${text}Z`;
  const time = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Earth Search v1 and Planetary Computer; Earth Search v0; CDSE, where `processing:version` is the baseline. */
function baselineOf(properties: Json): number {
  for (const field of ['s2:processing_baseline', 'sentinel:processing_baseline', 'processing:version']) {
    const number = asNumber(properties[field]);
    if (number !== undefined) return number;
  }
  return 0;
}

function selfLink(raw: Json, location: string): string | undefined {
  const self = asList(raw['links'])
    .map(asRecord)
    .find((link) => link?.['rel'] === 'self');
  return absoluteHref(asText(self?.['href']), location);
}

function malformed(id: string, problem: string): LeftOutScene {
  return { id, code: 'malformed', reason: `${id} ${problem}.` };
}
