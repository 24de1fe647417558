import { Map as MapLibre } from 'maplibre-gl';
import type { BaseMap } from '../api.js';
import { DECK_ZOOM_OFFSET } from '../tile-math.js';
import type { Place } from '../url-state.js';

const MAX_ZOOM = 19;

/**
 * Another map beneath ours, by MapLibre: a chunk of its own, loaded only where the configuration names one. It takes no
 * input and follows the deck.gl map above it.
 */
export function openBaseMap(container: HTMLElement, base: BaseMap, place: Place): (place: Place) => void {
  const map = new MapLibre({
    container,
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        base: {
          type: 'raster',
          tiles: [...base.tiles],
          tileSize: 256,
          maxzoom: base.maxzoom ?? MAX_ZOOM,
        },
      },
      layers: [{ id: 'base', type: 'raster', source: 'base' }],
    },
    ...view(place),
  });
  return (next) => map.jumpTo(view(next));
}

const view = ({ lon, lat, zoom }: Place): { center: [number, number]; zoom: number } => ({
  center: [lon, lat],
  zoom: zoom - DECK_ZOOM_OFFSET,
});
