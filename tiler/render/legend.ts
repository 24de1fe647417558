import type { LayerInfo, MapKey, TileService } from '../tiles/tile-service.js';
import { RAMP_STEPS, rampColors, type ColormapName } from './colormap.js';
import type { Style } from './style.js';

/** Colours named along a ramp: enough that linear interpolation between them looks like the ramp. */
const STOPS = 9;

export interface Legend {
  readonly layer: string;
  readonly kind: LayerInfo['kind'];
  readonly title: string;
  /** null: a baseline's, which belongs to no model. */
  readonly map: MapKey | null;
  readonly attribution: string;
  readonly classes?: ReturnType<TileService['legend']>;
  readonly unit?: string | null;
  readonly min?: number;
  readonly max?: number;
  readonly colormap?: ColormapName;
  readonly stops?: readonly { readonly value: number; readonly color: string }[];
}

/** What /legend.json says of a layer: its classes, or its ramp; neither for true colour. No value is always transparent. */
export function describeLegend(
  layer: LayerInfo,
  style: Style,
  map: MapKey | null,
  classes: ReturnType<TileService['legend']>,
  attribution: string,
): Legend {
  const head = { layer: layer.name, kind: layer.kind, title: layer.title, map, attribution };
  switch (style.kind) {
    case 'palette':
      return { ...head, classes };
    case 'rgb':
      return head;
    case 'ramp': {
      const { min, max, unit, colormap } = style;
      const colors = rampColors(colormap);
      const stops = Array.from({ length: STOPS }, (_, at) => {
        const share = at / (STOPS - 1);
        return {
          value: Number((min + share * (max - min)).toPrecision(6)),
          color: colors[Math.round(share * (RAMP_STEPS - 1))] as string,
        };
      });
      return { ...head, unit, min, max, colormap, stops };
    }
  }
}
