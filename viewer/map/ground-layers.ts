import type { Layer } from '@deck.gl/core';
import { PathLayer, SolidPolygonLayer } from '@deck.gl/layers';
import borders from 'virtual:borders';
import { graticuleStep } from '../tile-math.js';
import type { Place } from '../url-state.js';

type Rgba = [number, number, number, number];
const LAND: Rgba = [226, 220, 205, 255];
const BORDER: Rgba = [120, 110, 92, 190];
const DISTRICT: Rgba = [92, 84, 66, 120];
const GRATICULE: Rgba = [96, 88, 72, 38];
/** The borders are generalised (1:50 million): near the ground they would be wrong by hundreds of metres. */
const BORDERS_MAX_ZOOM = 10.5;
/** Lines of the graticule to each side of the middle. */
const REACH = 8;

interface Graticule {
  /** Degrees between two lines. */
  readonly step: number;
  /** The line nearest to the middle, in steps from the meridian of Greenwich and from the equator. */
  readonly midLon: number;
  readonly midLat: number;
}

function graticuleAt({ zoom, lat, lon }: Place): Graticule {
  const step = graticuleStep((360 * 2000) / (256 * 2 ** zoom));
  return { step, midLon: Math.round(lon / step), midLat: Math.round(lat / step) };
}

/** While this is the same, the layers of this file are. */
export function groundKey(place: Place): string {
  const { step, midLon, midLat } = graticuleAt(place);
  return `${step}/${midLon}/${midLat}/${place.zoom <= BORDERS_MAX_ZOOM}`;
}

/** What lies under the pictures where there is no other base: the country, meridians and parallels. */
export class Ground {
  #graticule: { readonly key: string; readonly lines: number[][][] } = { key: '', lines: [] };

  below(place: Place): Layer[] {
    return [
      new SolidPolygonLayer<number[][][]>({
        id: 'land',
        data: borders.zimbabwe,
        getPolygon: (rings) => rings as never,
        getFillColor: LAND,
        visible: place.zoom <= BORDERS_MAX_ZOOM,
      }),
      paths('graticule', this.#lines(place), GRATICULE, 1),
    ];
  }

  /** Where no tile is, the page still is a map. */
  #lines(place: Place): number[][][] {
    const { step, midLon, midLat } = graticuleAt(place);
    const key = groundKey(place);
    if (key === this.#graticule.key) return this.#graticule.lines;
    const lines: number[][][] = [];
    const [west, east] = [(midLon - REACH) * step, (midLon + REACH) * step];
    const [south, north] = [(midLat - REACH) * step, (midLat + REACH) * step];
    for (let i = -REACH; i <= REACH; i += 1) {
      const [x, y] = [(midLon + i) * step, (midLat + i) * step];
      lines.push([
        [x, south],
        [x, north],
      ]);
      lines.push([
        [west, y],
        [east, y],
      ]);
    }
    this.#graticule = { key, lines };
    return lines;
  }
}

/** Above the pictures. */
export const borderLayer = (place: Place): Layer =>
  paths('borders', borders.lines, BORDER, 1.2, place.zoom <= BORDERS_MAX_ZOOM);

/** Rings of the areas that the operator gave. */
export const districtLayer = (rings: number[][][]): Layer => paths('districts', rings, DISTRICT, 1.1);

function paths(id: string, data: number[][][], color: Rgba, width: number, visible = true): Layer {
  return new PathLayer<number[][]>({
    id,
    data,
    getPath: (line) => line as never,
    getColor: color,
    getWidth: width,
    widthUnits: 'pixels',
    jointRounded: true,
    visible,
  });
}
