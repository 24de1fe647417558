import type { Json } from './plain.js';
import { asList, asNumber, asRecord, asText } from './plain.js';

/** One asset of an item, as stated. */
export interface StacAsset {
  readonly key: string;
  /** Absolute. */
  readonly href: string;
  readonly mediaType: string;
  readonly roles: readonly string[];
  /** Names and common names of its one band; of an asset with several bands, like a true-colour picture, none. */
  readonly bandName: string | null;
  readonly commonName: string | null;
  /** Metres a pixel, null where not stated. */
  readonly gsd: number | null;
  readonly nodata: number | null;
  readonly scale: number | null;
  readonly offset: number | null;
  readonly epsg: number | null;
}

/**
 * STAC 1.0 keeps bands in `eo:bands` and `raster:bands`, 1.1 in `bands` with the asset's own `raster:` fields as defaults.
 * Undefined without a usable href.
 */
export function readAsset(key: string, value: unknown, location: string): StacAsset | undefined {
  const raw = asRecord(value);
  const href = raw === undefined ? undefined : absoluteHref(asText(raw['href']), location);
  if (raw === undefined || href === undefined) return undefined;
  const names = [...asList(raw['eo:bands']), ...asList(raw['bands'])].map((band) => asRecord(band) ?? {});
  const only = asList(raw['eo:bands']).length > 1 || asList(raw['bands']).length > 1 ? undefined : names[0];
  const numbers: readonly (Json | undefined)[] = [
    asRecord(asList(raw['raster:bands'])[0]),
    asRecord(asList(raw['bands'])[0]),
    raw,
  ];
  const number = (...fields: string[]): number | null => {
    for (const from of numbers) {
      for (const field of fields) {
        const found = asNumber(from?.[field]);
        if (found !== undefined) return found;
      }
    }
    return null;
  };
  return {
    key,
    href,
    mediaType: asText(raw['type']) ?? '',
    roles: asList(raw['roles']).filter((role) => typeof role === 'string'),
    bandName: asText(only?.['name']) ?? null,
    commonName: asText(only?.['common_name']) ?? asText(only?.['eo:common_name']) ?? null,
    gsd: number('spatial_resolution', 'raster:spatial_resolution', 'gsd'),
    nodata: number('nodata'),
    scale: number('scale', 'raster:scale'),
    offset: number('offset', 'raster:offset'),
    epsg: epsgOf(raw),
  };
}

/** `proj:epsg`, or `proj:code` like "EPSG:32735" (projection extension 2.0). */
export function epsgOf(fields: Json): number | null {
  const number = asNumber(fields['proj:epsg']);
  if (number !== undefined) return number;
  const code = /^EPSG:(\d+)$/i.exec(asText(fields['proj:code']) ?? '');
  return code === null ? null : Number(code[1]);
}

const SCHEMES = ['https:', 'http:', 's3:', 'file:'];

/**
 * An href made absolute against the document that holds it; undefined for what cannot be read. A document from the
 * network may not point to files of this machine.
 */
export function absoluteHref(href: string | undefined, location: string): string | undefined {
  if (href === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(href, location);
  } catch {
    return undefined;
  }
  if (!SCHEMES.includes(url.protocol)) return undefined;
  if (url.protocol === 'file:' && !location.startsWith('file:')) return undefined;
  return url.href;
}
