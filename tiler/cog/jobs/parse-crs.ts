import { GeoCropError } from '../../../engine/errors.js';
import { crsOfEpsg } from '../../../engine/raster-files/crs/epsg.js';
import type { FileCrs } from '../../../engine/raster-files/dataset.js';

/** `EPSG:4326`, its URN and its URI, and OGC's name for the same in longitude first; brackets around it do not count. */
const FORMS = [
  /^epsg:(\d{4,6})$/i,
  /^urn:ogc:def:crs:epsg:[0-9.]*:(\d{4,6})$/i,
  /^https?:\/\/www\.opengis\.net\/def\/crs\/epsg\/[0-9.]+\/(\d{4,6})$/i,
];
const CRS84 =
  /^(ogc:crs84|urn:ogc:def:crs:ogc:[0-9.]*:crs84|https?:\/\/www\.opengis\.net\/def\/crs\/ogc\/[0-9.]+\/crs84)$/i;

/** @throws bad-request for what is no reference system with a code that we know */
export async function parseCrs(text: string): Promise<FileCrs> {
  const plain = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const code = CRS84.test(plain)
    ? '4326'
    : FORMS.map((form) => form.exec(plain)?.[1]).find((found) => found !== undefined);
  const crs = code === undefined ? null : await crsOfEpsg(Number(code));
  if (crs !== null) return crs;
  throw new GeoCropError('bad-request', `"${text.slice(0, 80)}" is no reference system that is known here.`, {
    hint: 'Write its code: EPSG:4326, EPSG:3857, EPSG:32736. Definitions (WKT, PROJ) are not taken.',
    context: { parameter: 'crs' },
  });
}
