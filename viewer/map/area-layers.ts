import type { Layer } from '@deck.gl/core';
import { PathLayer, ScatterplotLayer, SolidPolygonLayer } from '@deck.gl/layers';
import type { AreaGeometry, LonLat } from '../panel-host.js';

type Rgba = [number, number, number, number];
const FILL: Rgba = [20, 60, 40, 26];
const HALO: Rgba = [255, 255, 255, 230];
const LINE: Rgba = [22, 42, 28, 255];

/** An area on the map: a dark line in a light one, readable on every colour. */
export function areaLayers(area: AreaGeometry): Layer[] {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  return [
    new SolidPolygonLayer<number[][][]>({
      id: 'area-fill',
      data: polygons,
      getPolygon: (rings) => rings as never,
      getFillColor: FILL,
    }),
    ...outlines('area', polygons.flat()),
  ];
}

/** What is being drawn, with a line to where the pointer is. */
export function drawingLayers(corners: readonly LonLat[], pointer: LonLat | null): Layer[] {
  const line = [...corners, ...(pointer === null || corners.length === 0 ? [] : [pointer])];
  return [
    ...outlines('drawing', line.length > 1 ? [line.map(([lon, lat]) => [lon, lat])] : []),
    new ScatterplotLayer<LonLat>({
      id: 'drawing-corners',
      data: [...corners],
      getPosition: ([lon, lat]) => [lon, lat],
      getRadius: (_, { index }) => (index === 0 ? 7 : 4.5),
      radiusUnits: 'pixels',
      getFillColor: HALO,
      getLineColor: LINE,
      getLineWidth: 2,
      lineWidthUnits: 'pixels',
      stroked: true,
    }),
  ];
}

function outlines(id: string, lines: number[][][]): Layer[] {
  return (
    [
      ['halo', HALO, 5],
      ['line', LINE, 2],
    ] as const
  ).map(
    ([part, color, width]) =>
      new PathLayer<number[][]>({
        id: `${id}-${part}`,
        data: lines,
        getPath: (line) => line as never,
        getColor: color,
        getWidth: width,
        widthUnits: 'pixels',
        jointRounded: true,
        capRounded: true,
      }),
  );
}
