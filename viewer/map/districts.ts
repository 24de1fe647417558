import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { getJson } from '../api.js';

/** Members that hold an area's name, as files of provinces and districts have it. */
const NAMES = ['name', 'NAME', 'Name', 'shapeName', 'ADM2_EN', 'ADM1_EN', 'NAME_2', 'NAME_1', 'district'];

interface District {
  readonly name: string;
  readonly polygons: readonly number[][][][];
  /** [west, south, east, north]. */
  readonly box: readonly [number, number, number, number];
}

/** Provinces or districts, as the operator gave them: lines on the map, and the name of the one that holds a place. */
export class Districts {
  readonly #districts: readonly District[];

  constructor({ features }: FeatureCollection) {
    this.#districts = features.filter(isArea).map(districtOf);
  }

  static async fetch(url: string): Promise<Districts> {
    return new Districts(await getJson<FeatureCollection>(url));
  }

  get rings(): number[][][] {
    return this.#districts.flatMap(({ polygons }) => polygons.flat());
  }

  /** Empty where none holds it, or it has no name. */
  nameAt(lon: number, lat: number): string {
    const found = this.#districts.find(
      ({ box: [west, south, east, north], polygons }) =>
        lon >= west && lon <= east && lat >= south && lat <= north && polygons.some(holds(lon, lat)),
    );
    return found?.name ?? '';
  }
}

const isArea = (feature: Feature): feature is Feature<Polygon | MultiPolygon> =>
  feature.geometry?.type === 'Polygon' || feature.geometry?.type === 'MultiPolygon';

function districtOf({ geometry, properties }: Feature<Polygon | MultiPolygon>): District {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon = Number.NaN, lat = Number.NaN] of polygons.flat(2)) {
    [west, south] = [Math.min(west, lon), Math.min(south, lat)];
    [east, north] = [Math.max(east, lon), Math.max(north, lat)];
  }
  const known = NAMES.map((member) => properties?.[member] as unknown).find(
    (value) => typeof value === 'string',
  );
  return { name: typeof known === 'string' ? known : '', polygons, box: [west, south, east, north] };
}

/** Even-odd rule over all rings: holes are outside. */
const holds =
  (lon: number, lat: number) =>
  (rings: readonly number[][][]): boolean => {
    let inside = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [xi = 0, yi = 0] = ring[i] ?? [];
        const [xj = 0, yj = 0] = ring[j] ?? [];
        if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
      }
    }
    return inside;
  };
