import type { Facts } from './facts.js';

/** How two answers are held against each other. */
export type Comparison =
  | { readonly kind: 'json' }
  /** Values and mask of .npy. @param within on every value; 0: equal */
  | { readonly kind: 'values'; readonly within: number }
  /** A lossless picture, decoded. */
  | { readonly kind: 'picture' }
  /** Values, mask and place of a GeoTIFF. */
  | { readonly kind: 'geotiff'; readonly within: number }
  /** Content type and size only. */
  | { readonly kind: 'type' }
  | { readonly kind: 'status' };

export interface Question {
  /** Stable, for the table of differences; one of a file's questions only. */
  readonly id: string;
  /** Behind /cog, without `url`. */
  readonly path: string;
  readonly compare: Comparison;
}

const json: Comparison = { kind: 'json' };
const equal: Comparison = { kind: 'values', within: 0 };
const within1: Comparison = { kind: 'values', within: 1 };
const geotiff: Comparison = { kind: 'geotiff', within: 0 };
const status: Comparison = { kind: 'status' };
const TMS = 'WebMercatorQuad';

/** Of files that TiTiler cannot place on a map, too. */
export function plainQuestions(): readonly Question[] {
  return [
    { id: 'info', path: '/info', compare: json },
    { id: 'tilejson', path: `/${TMS}/tilejson.json`, compare: json },
    { id: 'statistics', path: '/statistics?max_size=256', compare: json },
    { id: 'preview', path: '/preview.npy?max_size=128', compare: equal },
    { id: 'preview-picture', path: '/preview.png?max_size=100', compare: { kind: 'picture' } },
  ];
}

const FEW = ['info-geojson', 'point-0', 'tile-native', 'tile-bilinear', 'bbox', 'png-rescale'];

/** One question of each kind. */
export function fewQuestions(facts: Facts): readonly Question[] {
  return [...plainQuestions(), ...questions(facts).filter(({ id }) => FEW.includes(id))];
}

export function questions(facts: Facts): readonly Question[] {
  return [
    ...plainQuestions(),
    ...documents(facts),
    ...previews(facts),
    ...tiles(facts),
    ...boxes(facts),
    ...pictures(facts),
    ...refusals(facts),
  ];
}

function documents({ bands, dtype, bounds }: Facts): readonly Question[] {
  const whole = !dtype.startsWith('float');
  const places = [0.5, 0.31, 0.77].map((share) => pointIn(bounds, share, 1 - share));
  return [
    { id: 'info-geojson', path: '/info.geojson', compare: json },
    {
      id: 'tilejson-sized',
      path: `/${TMS}/tilejson.json?tilesize=256&tile_format=png&minzoom=3&maxzoom=9`,
      compare: json,
    },
    {
      id: 'statistics-options',
      path: '/statistics?max_size=100&p=5&p=50&p=95&histogram_bins=8&bidx=1',
      compare: json,
    },
    {
      id: 'statistics-range',
      path: '/statistics?max_size=100&histogram_bins=0,10,100,1000&histogram_range=0,500&bidx=1',
      compare: json,
    },
    ...(whole
      ? [
          {
            id: 'statistics-categorical',
            path: '/statistics?max_size=64&categorical=true&bidx=1',
            compare: json,
          },
        ]
      : []),
    {
      id: 'statistics-expression',
      path: `/statistics?max_size=64&expression=${encodeURIComponent('b1*2;b1+1')}`,
      compare: json,
    },
    ...places.map((place, at) => ({ id: `point-${at}`, path: `/point/${place.join(',')}`, compare: json })),
    { id: 'point-bands', path: `/point/${places[0]?.join(',')}?bidx=${bands}&bidx=1`, compare: json },
    {
      id: 'point-expression',
      path: `/point/${places[0]?.join(',')}?expression=${encodeURIComponent('b1/2;b1')}`,
      compare: json,
    },
  ];
}

function previews({ scaled, bands }: Facts): readonly Question[] {
  return [
    { id: 'preview-bilinear', path: '/preview.npy?max_size=100&resampling=bilinear', compare: within1 },
    { id: 'preview-cubic', path: '/preview.npy?max_size=100&resampling=cubic', compare: within1 },
    { id: 'preview-average', path: '/preview.npy?max_size=100&resampling=average', compare: within1 },
    { id: 'preview-sized', path: '/preview/90x70.npy', compare: equal },
    { id: 'preview-width', path: '/preview.npy?width=77', compare: equal },
    { id: 'preview-mercator', path: '/preview.npy?max_size=100&dst_crs=EPSG:3857', compare: equal },
    { id: 'preview-nodata', path: '/preview.npy?max_size=80&nodata=1', compare: equal },
    { id: 'preview-no-mask', path: '/preview.npy?max_size=80&return_mask=false', compare: equal },
    { id: 'preview-bands', path: `/preview.npy?max_size=64&bidx=${bands}&bidx=1&bidx=1`, compare: equal },
    {
      id: 'preview-expression',
      path: `/preview.npy?max_size=64&expression=${encodeURIComponent('(b1-3)/(b1+7);where(b1>5,1,0)')}`,
      compare: equal,
    },
    ...(scaled
      ? [{ id: 'preview-unscale', path: '/preview.npy?max_size=64&unscale=true', compare: equal }]
      : []),
  ];
}

/** At each zoom the tile in the middle of the file, and the one in its upper left corner. */
function tiles({ bounds, minZoom, maxZoom }: Facts): readonly Question[] {
  const middle = (zoom: number): string => tileAt(zoom, ...pointIn(bounds, 0.52, 0.47));
  const corner = (zoom: number): string => tileAt(zoom, ...pointIn(bounds, 0.02, 0.03));
  const zooms = new Map([
    [minZoom, 'low'],
    [Math.round((minZoom + maxZoom) / 2), 'between'],
    [maxZoom, 'native'],
    [maxZoom + 1, 'beyond'],
  ]);
  return [
    ...[...zooms].flatMap(([zoom, name]) => [
      { id: `tile-${name}`, path: `/tiles/${TMS}/${middle(zoom)}.npy`, compare: equal },
      { id: `tile-corner-${name}`, path: `/tiles/${TMS}/${corner(zoom)}.npy`, compare: equal },
    ]),
    { id: 'tile-512', path: `/tiles/${TMS}/${middle(maxZoom)}.npy?tilesize=512`, compare: equal },
    {
      id: 'tile-bilinear',
      path: `/tiles/${TMS}/${middle(maxZoom)}.npy?resampling=bilinear&reproject=bilinear`,
      compare: within1,
    },
    {
      id: 'tile-bilinear-low',
      path: `/tiles/${TMS}/${middle(minZoom)}.npy?resampling=bilinear`,
      compare: within1,
    },
    { id: 'tile-cubic', path: `/tiles/${TMS}/${middle(maxZoom)}.npy?reproject=cubic`, compare: within1 },
    { id: 'tile-average', path: `/tiles/${TMS}/${middle(minZoom)}.npy?resampling=average`, compare: within1 },
    {
      id: 'tile-degrees',
      path: `/tiles/WorldCRS84Quad/${degreesTileAt(minZoom, ...pointIn(bounds, 0.52, 0.47))}.npy`,
      compare: equal,
    },
  ];
}

function boxes({ bounds }: Facts): readonly Question[] {
  const [west, north] = pointIn(bounds, 0.3, 0.35);
  const [east, south] = pointIn(bounds, 0.62, 0.58);
  const box = [west, south, east, north].join(',');
  return [
    { id: 'bbox', path: `/bbox/${box}.npy?max_size=150`, compare: equal },
    { id: 'bbox-sized', path: `/bbox/${box}/64x48.npy`, compare: equal },
    { id: 'bbox-mercator', path: `/bbox/${box}.npy?max_size=100&dst_crs=EPSG:3857`, compare: equal },
    {
      id: 'bbox-bilinear',
      path: `/bbox/${box}/50x50.npy?resampling=bilinear&reproject=bilinear`,
      compare: within1,
    },
    { id: 'bbox-over-edge', path: `/bbox/${[...overEdge(bounds)].join(',')}/60x60.npy`, compare: equal },
    { id: 'bbox-tif', path: `/bbox/${box}/32x32.tif`, compare: geotiff },
  ];
}

function pictures({ bounds, minZoom, maxZoom, bands, palette }: Facts): readonly Question[] {
  const tile = tileAt(Math.round((minZoom + maxZoom) / 2), ...pointIn(bounds, 0.52, 0.47));
  const picture: Comparison = { kind: 'picture' };
  const type: Comparison = { kind: 'type' };
  const one = bands > 1 ? '&bidx=1' : '';
  return [
    { id: 'png', path: `/tiles/${TMS}/${tile}.png?tilesize=128`, compare: picture },
    { id: 'png-rescale', path: `/tiles/${TMS}/${tile}.png?tilesize=128&rescale=0,200`, compare: picture },
    ...(palette
      ? []
      : [
          {
            id: 'png-colormap-name',
            path: `/tiles/${TMS}/${tile}.png?tilesize=128&rescale=0,300&colormap_name=viridis${one}`,
            compare: picture,
          },
          {
            id: 'png-colormap-intervals',
            path: `/tiles/${TMS}/${tile}.png?tilesize=128&colormap=${encodeURIComponent('[[[0,50],[255,0,0,255]],[[50,4000],[0,0,255,128]]]')}${one}`,
            compare: picture,
          },
          {
            id: 'png-colormap-values',
            path: `/tiles/${TMS}/${tile}.png?tilesize=128&rescale=0,255&colormap=${encodeURIComponent('{"0":"#000000","1":[255,0,0],"100":[0,255,0,255]}')}${one}`,
            compare: picture,
          },
        ]),
    { id: 'format-unsaid', path: `/tiles/${TMS}/${tile}?tilesize=64`, compare: type },
    { id: 'format-query', path: `/preview?max_size=64&format=webp`, compare: type },
    { id: 'jpeg', path: `/tiles/${TMS}/${tile}.jpg?tilesize=64`, compare: type },
    { id: 'webp', path: `/tiles/${TMS}/${tile}.webp?tilesize=64`, compare: type },
    { id: 'tif', path: `/tiles/${TMS}/${tile}.tif?tilesize=64`, compare: geotiff },
  ];
}

function refusals({ bounds, maxZoom }: Facts): readonly Question[] {
  const far = bounds[0] > 0 ? -170 : 170;
  const tile = tileAt(maxZoom, ...pointIn(bounds, 0.5, 0.5));
  const outside = `/tiles/${TMS}/${tileAt(Math.max(6, maxZoom), far, 70)}.png`;
  return [
    ...(bounds[2] - bounds[0] > 340
      ? []
      : [
          { id: 'outside-tile', path: outside, compare: status },
          { id: 'outside-point', path: `/point/${far},70`, compare: status },
        ]),
    { id: 'no-band', path: `/tiles/${TMS}/${tile}.png?bidx=99`, compare: status },
    { id: 'no-set', path: `/tiles/NoSuchSet/${tile}.png`, compare: status },
    { id: 'no-format', path: `/tiles/${TMS}/${tile}.bmp`, compare: status },
    {
      id: 'bad-expression',
      path: `/tiles/${TMS}/${tile}.png?expression=${encodeURIComponent('b1+')}`,
      compare: status,
    },
    {
      id: 'evil-expression',
      path: `/preview.png?expression=${encodeURIComponent('__import__("os").getcwd()')}`,
      compare: status,
    },
    { id: 'no-colormap', path: `/tiles/${TMS}/${tile}.png?colormap_name=nothing`, compare: status },
    { id: 'bad-rescale', path: `/tiles/${TMS}/${tile}.png?rescale=1`, compare: status },
    { id: 'bad-resampling', path: `/tiles/${TMS}/${tile}.png?resampling=magic`, compare: status },
    { id: 'bad-number', path: `/point/here,there`, compare: status },
  ];
}

/** What only one of the two answers, whatever the file: asked of one. */
export function apartQuestions({ bounds, maxZoom }: Facts): readonly Question[] {
  const tile = tileAt(maxZoom, ...pointIn(bounds, 0.5, 0.5));
  const ask = (id: string, path: string): Question => ({ id, path, compare: status });
  const picture = '/preview.png?max_size=64&rescale=0,3000&bidx=1';
  return [
    ask('algorithm', `${picture}&algorithm=hillshade`),
    ask(
      'algorithm-params',
      `${picture}&algorithm=hillshade&algorithm_params=${encodeURIComponent('{"azimuth":90}')}`,
    ),
    ask('color-formula', `${picture}&bidx=2&bidx=3&color_formula=${encodeURIComponent('gamma RGB 1.2')}`),
    ask('buffer', `/tiles/${TMS}/${tile}.npy?buffer=2`),
    ask('padding', `/tiles/${TMS}/${tile}.npy?padding=2`),
    ask('jp2', '/preview.jp2?max_size=64&bidx=1'),
    ask('plain-tilejson', '/tilejson.json'),
    ask('plain-tile', `/tiles/${tile}.npy`),
    ask('tile-2x', `/tiles/${TMS}/${tile}@2x.npy`),
    ask('map', `/${TMS}/map.html`),
    ask('wmts', '/WMTSCapabilities.xml'),
    ask('tilesets', '/tiles'),
    ask('tileset', `/tiles/${TMS}`),
    ask('validate', '/validate'),
    ask('stac', '/stac'),
    ask('viewer', '/viewer'),
    { id: 'tilejson-scale', path: `/${TMS}/tilejson.json?tile_scale=2`, compare: json },
  ];
}

type Bounds = Facts['bounds'];

/** Within what web mercator shows. */
const MOST_LATITUDE = 84;

/** @param across from the west @param down from the north, shares of 1 */
function pointIn([west, south, east, north]: Bounds, across: number, down: number): [number, number] {
  const width = east > west ? east - west : east + 360 - west;
  const [top, bottom] = [Math.min(north, MOST_LATITUDE), Math.max(south, -MOST_LATITUDE)];
  const lon = west + across * width;
  return [round(lon > 180 ? lon - 360 : lon), round(top - down * (top - bottom))];
}

/** A box whose middle is the file's north-eastern corner. */
function overEdge([west, south, east, north]: Bounds): readonly number[] {
  const [x, y] = [Math.abs(east - west) / 10, (north - south) / 10];
  return [east - x, Math.min(north, MOST_LATITUDE) - y, east + x, Math.min(north, MOST_LATITUDE) + y].map(
    round,
  );
}

const round = (value: number): number => Number(value.toFixed(7));

function tileAt(zoom: number, lon: number, lat: number): string {
  const size = 2 ** zoom;
  const y = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
  return `${zoom}/${Math.floor(((lon + 180) / 360) * size)}/${Math.floor(y * size)}`;
}

/** Of WorldCRS84Quad: two tiles at zoom 0. */
function degreesTileAt(zoom: number, lon: number, lat: number): string {
  const side = 180 / 2 ** zoom;
  return `${zoom}/${Math.floor((lon + 180) / side)}/${Math.floor((90 - lat) / side)}`;
}
