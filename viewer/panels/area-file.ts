import type { Position } from 'geojson';
import type { AreaGeometry } from '../panel-host.js';
import { strings } from '../strings.js';

/** A file is no area; the message is for people. */
export class AreaFileError extends Error {
  override readonly name = 'AreaFileError';
}

export interface AreaOfFile {
  readonly area: AreaGeometry;
  readonly polygons: number;
}

const MEGABYTE = 2 ** 20;
const LARGEST_MEGABYTES = 5;

/** The polygons of a GeoJSON or KML file as one area. @throws AreaFileError */
export async function areaOfFile(file: Blob): Promise<AreaOfFile> {
  if (file.size > LARGEST_MEGABYTES * MEGABYTE)
    throw new AreaFileError(strings.area.tooLarge(LARGEST_MEGABYTES));
  const text = await file.text().catch(() => {
    throw new AreaFileError(strings.area.unreadable);
  });
  return areaOfPolygons(/^\s*(<|\ufeff<)/.test(text) ? kmlPolygons(text) : geoJsonPolygons(text));
}

/** Rings of a GeoJSON text's polygons, whatever they are wrapped in. @throws AreaFileError */
export function geoJsonPolygons(text: string): Position[][][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new AreaFileError(strings.area.notJson);
  }
  const crs = (parsed as { crs?: { properties?: { name?: unknown } } } | null)?.crs?.properties?.name;
  // The member of GeoJSON 2008; RFC 7946 has only degrees.
  if (typeof crs === 'string' && !/CRS84|EPSG:+4326$/i.test(crs))
    throw new AreaFileError(strings.area.projected);
  const found: Position[][][] = [];
  const visit = (node: unknown, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > 8) return;
    const { type, features, geometry, geometries, coordinates } = node as Record<string, unknown>;
    const each = (list: unknown): void => {
      if (Array.isArray(list)) list.forEach((item) => visit(item, depth + 1));
    };
    if (type === 'FeatureCollection') each(features);
    else if (type === 'Feature') visit(geometry, depth + 1);
    else if (type === 'GeometryCollection') each(geometries);
    else if (type === 'Polygon') found.push(coordinates as Position[][]);
    else if (type === 'MultiPolygon' && Array.isArray(coordinates))
      found.push(...(coordinates as Position[][][]));
  };
  visit(parsed, 0);
  return found;
}

/** Rings of a KML text's polygons. @throws AreaFileError */
function kmlPolygons(text: string): Position[][][] {
  const document = new DOMParser().parseFromString(text, 'application/xml');
  if (document.getElementsByTagName('parsererror').length > 0) throw new AreaFileError(strings.area.notJson);
  const below = (node: Document | Element, name: string): Element[] => [
    ...node.getElementsByTagNameNS('*', name),
  ];
  const rings = (polygon: Element, boundary: string): Position[][] =>
    below(polygon, boundary).flatMap((part) =>
      below(part, 'coordinates').map(({ textContent }) =>
        textContent
          .trim()
          .split(/\s+/)
          .map((position) => position.split(',').map(Number)),
      ),
    );
  return below(document, 'Polygon').map((polygon) => [
    ...rings(polygon, 'outerBoundaryIs'),
    ...rings(polygon, 'innerBoundaryIs'),
  ]);
}

/** Checks what came from a file: degrees, closed rings; heights are left out. @throws AreaFileError */
export function areaOfPolygons(polygons: readonly Position[][][]): AreaOfFile {
  const checked = polygons.map((rings) => {
    if (!Array.isArray(rings) || rings.length === 0) throw new AreaFileError(strings.area.noPolygon);
    return rings.map(closedRing);
  });
  const [first] = checked;
  if (first === undefined) throw new AreaFileError(strings.area.noPolygon);
  return {
    polygons: checked.length,
    area:
      checked.length === 1
        ? { type: 'Polygon', coordinates: first }
        : { type: 'MultiPolygon', coordinates: checked },
  };
}

function closedRing(ring: Position[]): Position[] {
  if (!Array.isArray(ring)) throw new AreaFileError(strings.area.noPolygon);
  const positions = ring.map((position): Position => {
    const [lon, lat] = Array.isArray(position) ? position : [];
    if (typeof lon !== 'number' || typeof lat !== 'number' || Number.isNaN(lon + lat))
      throw new AreaFileError(strings.area.noPolygon);
    if (Math.abs(lon) > 180 || Math.abs(lat) > 90) throw new AreaFileError(strings.area.projected);
    return [lon, lat];
  });
  const [first, last] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined) throw new AreaFileError(strings.area.noPolygon);
  const closed = first[0] === last[0] && first[1] === last[1] ? positions : [...positions, first];
  if (closed.length < 4) throw new AreaFileError(strings.area.noPolygon);
  return closed;
}
