import { sentenceCase } from '../legend/words.js';
import { RAMP_STEPS, rampColors, type ColormapName } from '../render/colormap.js';
import type { Legend } from '../render/legend.js';
import type { Xml } from '../xml.js';
import { xml } from '../xml.js';

/**
 * How QGIS draws a file that holds a layer's numbers: named classes, a ramp, or red, green and blue (QgsRasterRenderer's
 * `writeXml`, as of 3.22; newer versions read it).
 */
export function rasterRenderer(legend: Legend): Xml {
  const { classes, colormap, min, max } = legend;
  if (classes !== undefined) return paletted(classes);
  if (colormap !== undefined && min !== undefined && max !== undefined) {
    return ramp(legend, colorStops(colormap, min, max), min, max);
  }
  return xml(
    'rasterrenderer',
    { ...COMMON, type: 'multibandcolor', redBand: 1, greenBand: 2, blueBand: 3 },
    xml('rasterTransparency'),
  );
}

const COMMON = { opacity: 1, alphaBand: -1, nodataColor: '' } as const;

function paletted(classes: NonNullable<Legend['classes']>): Xml {
  return xml(
    'rasterrenderer',
    { ...COMMON, type: 'paletted', band: 1 },
    xml('rasterTransparency'),
    xml(
      'colorPalette',
      {},
      classes.map(({ id, name, color }) =>
        xml('paletteEntry', { value: id, label: sentenceCase(name), color, alpha: 255 }),
      ),
    ),
  );
}

/** Colours that QGIS interpolates between. With as many as these no channel is further than 3 from our tiles' (a test). */
const STOPS = 33;

function colorStops(colormap: ColormapName, min: number, max: number): ColorStop[] {
  const colors = rampColors(colormap);
  return Array.from({ length: STOPS }, (_, at) => {
    const step = Math.round((at / (STOPS - 1)) * (RAMP_STEPS - 1));
    return { value: min + (step / (RAMP_STEPS - 1)) * (max - min), color: colors[step] as string };
  });
}

interface ColorStop {
  readonly value: number;
  readonly color: string;
}

function ramp(legend: Legend, stops: readonly ColorStop[], min: number, max: number): Xml {
  const colors = stops.map(({ value, color }) => ({
    share: (value - min) / (max - min),
    color: rgba(color),
  }));
  const options: Readonly<Record<string, string>> = {
    color1: colors[0]?.color ?? '',
    color2: colors.at(-1)?.color ?? '',
    discrete: '0',
    rampType: 'gradient',
    stops: colors
      .slice(1, -1)
      .map(({ share, color }) => `${share};${color}`)
      .join(':'),
  };
  const unit = legend.unit === null || legend.unit === undefined ? '' : ` ${legend.unit}`;
  return xml(
    'rasterrenderer',
    { ...COMMON, type: 'singlebandpseudocolor', band: 1, classificationMin: min, classificationMax: max },
    xml('rasterTransparency'),
    xml(
      'rastershader',
      {},
      xml(
        'colorrampshader',
        {
          colorRampType: 'INTERPOLATED',
          classificationMode: 1,
          clip: 0,
          minimumValue: min,
          maximumValue: max,
          labelPrecision: 3,
        },
        xml(
          'colorramp',
          { type: 'gradient', name: '[source]' },
          xml(
            'Option',
            { type: 'Map' },
            Object.entries(options).map(([name, value]) => xml('Option', { type: 'QString', name, value })),
          ),
          // Versions before 3.26 read these.
          Object.entries(options).map(([k, v]) => xml('prop', { k, v })),
        ),
        stops.map(({ value, color }) =>
          xml('item', { value, color, alpha: 255, label: `${Number(value.toPrecision(4))}${unit}` }),
        ),
        xml('rampLegendSettings', {
          useContinuousLegend: 1,
          orientation: 1,
          direction: 0,
          minimumLabel: '',
          maximumLabel: '',
          prefix: '',
          suffix: unit,
        }),
      ),
    ),
  );
}

/** `#rrggbb` as QGIS writes colours of a gradient. */
function rgba(color: string): string {
  const value = Number.parseInt(color.slice(1), 16);
  return `${value >> 16},${(value >> 8) & 255},${value & 255},255`;
}
