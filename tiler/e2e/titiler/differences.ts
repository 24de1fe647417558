import {
  either,
  everywhere,
  header,
  member,
  saying,
  shape,
  status,
  values,
  type Seen,
  type Test,
} from './seen.js';

/** A difference from TiTiler that stays, and why: docs/titiler.md shows them, and the harness accepts no other. */
export interface KnownDifference {
  readonly what: string;
  readonly titiler: string;
  readonly ours: string;
  readonly why: string;
  /** Where it shows. Without: nothing that the harness asks shows it. */
  readonly seen?: readonly Seen[];
}

/** The file that is asked also what does not depend on the file. */
const APART = ['uint16-utm-nodata'];

/** Files that say neither where they lie nor in which reference system. */
const NOWHERE = ['be_cog', 'big.endian', 'big_cog', 'cog'].map((name) => `cogeotiff/${name}.tiff`);
const BY_GCPS = ['odc-geo/au-gcp.tif', 'rio-tiler/cog_gcps.tif', 'rio-tiler/cog_gcps_ovr.tif'];
const ELSEWHERE = ['rio-tiler/cog_hirise_mars.tif', 'rio-tiler/cog_nonearth.tif'];
/** Projected, with parameters of their own. */
const WITHOUT_CODE = ['cog_scale', 'cog_scale_stats', 'cog_tags'].map((name) => `rio-tiler/${name}.tif`);

/** Nothing in them is valid. */
const EMPTY = [
  'linz/abel-tasman-and-golden-bay_2016_dem_1m_BP25_10000_0404.tiff',
  'rio-tiler/inverted_lat.tif',
];
const NEW_ZEALAND = 'linz/rgba8.nztm2000.tiff';
const WORLD = 'rio-tiler/cog_fullearth.tif';
/** Of the four edges of a picture only the eastern one is another. */
const eastEdge: Test = (found) => {
  if (found.kind !== 'header' || found.name !== 'content-bbox') return false;
  const [theirs = [], ours = []] = [found.theirs, found.ours].map((box) => box.split(',').map(Number));
  return [0, 1, 3].every((edge) => Math.abs((theirs[edge] ?? NaN) - (ours[edge] ?? NaN)) < 1);
};

const bothProjected = (...texts: readonly unknown[]): boolean =>
  texts.every((text) => typeof text === 'string' && text.startsWith('PROJCS['));

const bothTexts = (theirs: unknown, ours: unknown): boolean =>
  typeof theirs === 'string' && typeof ours === 'string';

export const DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'Status of a parameter that is malformed or names nothing',
    titiler: '422 (FastAPI’s)',
    ours: '400 `bad-request` or `unknown-colormap`',
    why: 'One code for "the request cannot be understood" in all of this server, with a hint that says what to write.',
    seen: [
      {
        files: everywhere,
        questions: ['no-set', 'no-format', 'bad-rescale', 'bad-resampling', 'bad-number'],
        is: status(422, 400, 'bad-request'),
      },
      { files: everywhere, questions: ['no-colormap'], is: status(422, 400, 'unknown-colormap') },
    ],
  },
  {
    what: 'Descriptions of bands in `/point` and `/statistics`',
    titiler: 'the last band’s description for all of them (rio-tiler 9.4: a variable of an earlier loop)',
    ours: 'each band its own, as in `/info`',
    why: 'Theirs is a slip.',
    seen: [
      {
        files: ({ described }) => described,
        questions: ['statistics', 'point-0', 'point-1', 'point-2', 'point-bands'],
        is: member(/^\.(b\d+\.description|band_descriptions\.\d+)$/, bothTexts),
      },
    ],
  },
  {
    what: 'Pictures (PNG, WebP) of float values without `rescale`',
    titiler: 'valid pixels are transparent too: the mask’s largest float becomes 0 as a byte',
    ours: 'valid pixels are opaque',
    why: 'Theirs is a slip; with `rescale`, as everybody asks for, both are the same.',
    seen: [
      // Alpha is one of two or four samples.
      {
        files: ({ dtype }, name) => dtype.startsWith('float') && !EMPTY.includes(name),
        questions: ['preview-picture', 'png'],
        is: values(0.25, 255),
      },
      {
        files: ({ dtype, masked }) => dtype.startsWith('float') && !masked,
        questions: ['format-query'],
        is: shape(/ × 4 uchar$/, / × 3 uchar$/),
      },
      { files: ['rio-tiler/cog_nonearth.tif'], questions: ['preview-picture'], is: values(0.25, 255) },
      { files: [WORLD], questions: ['format-query'], is: shape(/ × 4 uchar$/, / × 3 uchar$/) },
    ],
  },
  {
    what: 'Masks of int8 files',
    titiler: '127 of 255, half transparent, in pictures; where a file is warped all of it is masked',
    ours: '255, and masked only where it is',
    why: 'Theirs is a slip: the mask is kept in the file’s type, whose largest value is 127.',
    seen: [
      // Half of the values are the mask.
      {
        files: ['classes-int8'],
        questions: [
          ...[
            'tile-low',
            'tile-native',
            'tile-beyond',
            'tile-corner-low',
            'tile-corner-native',
            'tile-corner-beyond',
          ],
          ...['tile-512', 'tile-bilinear', 'tile-bilinear-low', 'tile-cubic', 'tile-average', 'tile-degrees'],
          ...['bbox', 'bbox-sized', 'bbox-mercator', 'bbox-bilinear', 'bbox-over-edge', 'bbox-tif', 'tif'],
          'preview-mercator',
        ],
        is: values(0.5, 255),
      },
      // One of four samples is alpha.
      { files: ['classes-int8'], questions: ['preview-picture', 'png'], is: values(0.25, 128) },
      {
        files: ['classes-int8'],
        questions: ['png-rescale', 'png-colormap-name', 'png-colormap-intervals', 'png-colormap-values'],
        is: values(1, 255),
      },
      {
        files: ['classes-int8'],
        questions: ['format-unsaid'],
        is: either(
          header('content-type', /^image\/jpeg$/, /^image\/png$/),
          shape(/ × 1 uchar$/, / × 2 uchar$/),
        ),
      },
      { files: ['classes-int8'], questions: ['format-query'], is: shape(/ × 4 uchar$/, / × 3 uchar$/) },
    ],
  },
  {
    what: 'More bands than a picture can have',
    titiler: '500',
    ours: '400 that says so',
    why: 'The request is wrong, not the server.',
    seen: [
      {
        files: ['cogeotiff/model_transformation.tif'],
        questions: ['preview-picture'],
        is: saying(500, 400, /^PNG cannot hold 64 bands and a mask/),
      },
    ],
  },
  {
    what: 'Files without a reference system',
    titiler: '500 for `/info` and `/preview` too',
    ours: '`/info`, `/preview` and `/statistics` by pixels; 400 where a place is asked for',
    why: 'There is something to say of them.',
    seen: [
      { files: NOWHERE, questions: ['info', 'preview', 'preview-picture'], is: status(500, 200) },
      {
        files: NOWHERE,
        questions: ['tilejson'],
        is: saying(500, 400, /^The file says neither where it lies/),
      },
    ],
  },
  {
    what: 'Files that are placed by ground control points',
    titiler: 'warped by a polynomial through them',
    ours: 'as files without a place',
    why: 'Not built: no file of this server’s buckets is of that kind.',
    seen: [
      {
        files: BY_GCPS,
        questions: [
          'tilejson',
          'info-geojson',
          'point-0',
          'tile-native',
          'tile-bilinear',
          'bbox',
          'png-rescale',
        ],
        is: saying(200, 400, /^The file says neither where it lies/),
      },
      {
        files: BY_GCPS,
        questions: ['preview', 'preview-picture'],
        is: either(header('content-bbox', /./, /^$/), header('content-crs', /./, /^$/), shape(/./, /./)),
      },
      // TiTiler tells of the warped file: an alpha band is new in it, where there is no nodata.
      {
        files: BY_GCPS,
        questions: ['info'],
        is: member(/^\.(bounds\.\d|driver|width|height)$/, () => true),
      },
      {
        files: ['rio-tiler/cog_gcps.tif'],
        questions: ['info'],
        is: member(
          /^\.(count|nodata_type|(band_metadata|band_descriptions|colorinterp|scales|offsets)\.1)$/,
          () => true,
        ),
      },
      // Of other pixels.
      { files: BY_GCPS, questions: ['statistics'], is: member(/^\.b1\./, () => true) },
    ],
  },
  {
    what: 'Reference systems of other worlds',
    titiler: '500, or the whole Earth as bounds',
    ours: 'taken as if it were the Earth',
    why: 'Nobody asks a map of Zimbabwe for Mars.',
    seen: [
      {
        files: ELSEWHERE,
        questions: ['tilejson', 'info-geojson'],
        is: member(
          /^\.(minzoom|maxzoom|bounds\.\d|center\.\d|bbox\.\d|geometry\.coordinates\.[\d.]+)$/,
          (theirs, ours) => typeof theirs === 'number' && typeof ours === 'number',
        ),
      },
      { files: ELSEWHERE, questions: ['point-0'], is: status(500, 404, 'point-outside-bounds') },
      {
        files: ELSEWHERE,
        questions: ['tile-native', 'tile-bilinear'],
        is: status(500, 404, 'tile-outside-bounds'),
      },
      {
        files: ['rio-tiler/cog_nonearth.tif'],
        questions: ['png-rescale'],
        is: status(500, 404, 'tile-outside-bounds'),
      },
      { files: ELSEWHERE, questions: ['bbox'], is: status(500, 200) },
    ],
  },
  {
    what: 'The text of a reference system without a code, in `/info`',
    titiler: 'WKT as GDAL 3.10 writes it',
    ours: 'WKT that GDAL reads as the same, without authorities of its parts',
    why: 'What has a code is named by it, the same in both.',
    seen: [
      { files: [...WITHOUT_CODE, ...ELSEWHERE], questions: ['info'], is: member(/^\.crs$/, bothProjected) },
      {
        files: [...WITHOUT_CODE, ...ELSEWHERE],
        questions: ['info-geojson'],
        is: member(/^\.properties\.crs$/, bothProjected),
      },
    ],
  },
  {
    what: 'A box whose west lies east of its east',
    titiler: '200 and a picture of one column of pixels, stretched',
    ours: '400 that says so',
    why: 'Ask for its two halves.',
    seen: [
      {
        files: ['rio-tiler/cog_dateline.tif'],
        questions: ['bbox', 'bbox-sized', 'bbox-mercator', 'bbox-bilinear', 'bbox-tif'],
        is: saying(200, 400, /^bbox = .* is not a box of four numbers/),
      },
    ],
  },
  {
    what: 'A point in the box around a rotated file, beside the file',
    titiler: '200 with null',
    ours: '404 `point-outside-bounds`',
    why: 'It is outside.',
    seen: [
      {
        files: ['odc-geo/au-3577-rotated.tif'],
        questions: ['point-2'],
        is: status(200, 404, 'point-outside-bounds'),
      },
    ],
  },
  {
    what: '`reproject=mode` of int16 files where −1 is the most frequent value',
    titiler: 'missing (GDAL 3.10: −1 is its sign for "none found")',
    ours: '−1',
    why: 'Theirs is a slip, which later versions of GDAL do not have.',
  },
  {
    what: 'A file that reaches over the antimeridian or around the world',
    titiler: 'all of the Earth, with what is left of the resolution',
    ours: 'the eastern edge of `/preview?dst_crs`, pixels along the antimeridian in degrees, and tiles of zoom 0 of fewer than 256 pixels differ',
    why: 'PROJ and our own projection part where a place has two longitudes. Zimbabwe has one.',
    seen: [
      { files: [NEW_ZEALAND], questions: ['tile-degrees'], is: values(0.003, 255) },
      { files: [NEW_ZEALAND], questions: ['preview-mercator'], is: either(eastEdge, values(0.02, 255)) },
      { files: [WORLD], questions: ['preview-mercator'], is: either(eastEdge, values(0.45, Infinity)) },
      {
        files: [WORLD],
        questions: ['png-rescale', 'png-colormap-name', 'png-colormap-values'],
        is: values(0.14, 255),
      },
      { files: [WORLD], questions: ['tif'], is: values(0.55, Infinity) },
      {
        files: [WORLD],
        questions: ['format-unsaid'],
        is: either(
          header('content-type', /^image\/png$/, /^image\/jpeg$/),
          shape(/ × 2 uchar$/, / × 1 uchar$/),
        ),
      },
      { files: [WORLD], questions: ['webp'], is: shape(/ × 4 uchar$/, / × 3 uchar$/) },
    ],
  },
  {
    what: 'A box of a file whose rows go north and that is not projected',
    titiler: '500',
    ours: '502 `cog-unsupported`',
    why: 'rasterio cannot cut it either. No writer of today makes such files.',
    seen: [
      {
        files: ['rio-tiler/inverted_lat.tif'],
        questions: ['bbox', 'bbox-sized', 'bbox-bilinear', 'bbox-over-edge', 'bbox-tif'],
        is: status(500, 502, 'cog-unsupported'),
      },
    ],
  },
  {
    what: 'JPEG of four bands',
    titiler: '200: red, green, blue and a fourth as CMYK',
    ours: '400 that says so',
    why: 'No browser shows what was meant.',
    seen: [
      {
        files: [
          ...['uint16-utm-nodata', 'uint16-utm-plain', 'uint16-cog'],
          ...['linz/rgbi16.big.endian.tiff', 'linz/rgbi16.stats.tiff'],
        ],
        questions: ['jpeg'],
        is: saying(200, 400, /^JPEG cannot hold 4 bands/),
      },
      {
        files: ['uint16-utm-plain'],
        questions: ['format-unsaid'],
        is: saying(200, 400, /^JPEG cannot hold 4 bands/),
      },
    ],
  },
  {
    what: '`Content-Crs` of tiles of WorldCRS84Quad',
    titiler: '`…/crs/OGC/0/CRS84`',
    ours: '`…/crs/OGC/1.3/CRS84`',
    why: 'The register of the OGC has it under its version.',
    seen: [
      {
        files: everywhere,
        questions: ['tile-degrees'],
        is: header('content-crs', /^<[^>]*\/OGC\/0\/CRS84>$/, /^<[^>]*\/OGC\/1\.3\/CRS84>$/),
      },
    ],
  },
  {
    what: 'Status of a band that the file does not have',
    titiler: '500',
    ours: '400 `bad-request`',
    why: 'The request is wrong, not the server.',
    seen: [{ files: everywhere, questions: ['no-band'], is: status(500, 400, 'bad-request') }],
  },
  {
    what: 'Status of a point outside the file',
    titiler: '500',
    ours: '404 `point-outside-bounds`',
    why: 'As tiles have it, in TiTiler too.',
    seen: [
      {
        files: ({ bounds: [west, , east] }) => east - west <= 340,
        questions: ['outside-point'],
        is: status(500, 404, 'point-outside-bounds'),
      },
      { files: ['polar'], questions: ['point-2'], is: status(500, 404, 'point-outside-bounds') },
    ],
  },
  {
    what: 'Body of an error',
    titiler: '`{"detail": …}`',
    ours: '`application/problem+json` (RFC 9457) with `code`, `detail` and `hint`',
    why: '`detail` is there too; the rest is how this server says what to do.',
  },
  {
    what: 'Where `url` may reach',
    titiler: 'Whatever GDAL opens: any web address, VRT, archives, files of the machine',
    ours: '`GEOCROP_COG_ALLOW`; all else is 403 `url-forbidden`',
    why: 'A server that fetches what strangers name is a door into its network.',
  },
  {
    what: 'A file that is not there',
    titiler: '500',
    ours: '404 `cog-missing`',
    why: 'Monitoring takes 500 for a fault of the server.',
  },
  {
    what: '`algorithm`, `algorithm_params`, `color_formula`',
    titiler: 'hillshade, contours, …; rio-color',
    ours: '400 that says so',
    why: 'Not built. A picture without them would be taken for one with them.',
    seen: [
      {
        files: APART,
        questions: ['algorithm', 'algorithm-params', 'color-formula'],
        is: saying(200, 400, /^The parameter (algorithm|color_formula) is not supported/),
      },
    ],
  },
  {
    what: '`buffer` and `padding` of tiles',
    titiler: 'wider tiles',
    ours: '400 that says so',
    why: 'Not built; tiles meet without.',
    seen: [
      {
        files: APART,
        questions: ['buffer', 'padding'],
        is: saying(200, 400, /^The parameter (buffer|padding) is not supported/),
      },
    ],
  },
  {
    what: 'jp2',
    titiler: 'with GDAL’s driver',
    ours: '400',
    why: 'No browser shows it.',
    seen: [{ files: APART, questions: ['jp2'], is: saying(200, 400, /^There is no image format/) }],
  },
  {
    what: 'Size of an answer and time that it takes',
    titiler: 'no limit',
    ours: '422 `area-too-large` beyond `GEOCROP_COG_MEMORY_BYTES`; 504 `deadline` after `GEOCROP_COG_TIMEOUT`; 503 `queue-full`',
    why: 'One request must not cost the server.',
  },
  {
    what: 'Files beside a file (`.ovr`, `.msk`, `.aux.xml`)',
    titiler: 'read, where GDAL is not told otherwise',
    ours: 'not looked for',
    why: 'Each costs requests that nearly always find nothing.',
  },
  {
    what: 'Answers without a TiTiler of their own',
    titiler: '`ETag` never; `Cache-Control: public, max-age=3600`',
    ours: '`ETag` of file and question, 304, `Cache-Control: public, max-age=300, must-revalidate`, HEAD',
    why: 'A file may be replaced; asking again costs one look.',
  },
  {
    what: 'Also here',
    titiler: 'no longer since 1.0 and 2.0',
    ours: '`/cog/tilejson.json`, `/cog/tiles/{z}/{x}/{y}`, `@2x`, `tile_scale`',
    why: 'Who comes from an older TiTiler has them in his links.',
    seen: [
      { files: APART, questions: ['plain-tilejson', 'plain-tile'], is: status(404, 200) },
      { files: APART, questions: ['tile-2x'], is: status(422, 200) },
      {
        files: APART,
        questions: ['tilejson-scale'],
        is: member(
          /^\.tiles\.0$/,
          (theirs, ours) =>
            String(theirs).includes('/{y}?tile_scale=2&') && String(ours).includes('/{y}@2x?'),
        ),
      },
    ],
  },
  {
    what: 'Not here',
    titiler:
      '`/cog/{tms}/map.html`, `/cog/WMTSCapabilities.xml`, `/cog/tiles`, `/cog/tiles/{tms}`, `/cog/validate`, `/cog/stac`, `/cog/viewer`, POST `/cog/feature` and `/cog/statistics`, `/stac`, `/mosaicjson`, `/zarr`, `/tileMatrixSets`, `/algorithms`, `/colorMaps`',
    ours: '404',
    why: 'Not built; GeoCrop’s own maps have WMTS and `/statistics`.',
    seen: [
      {
        files: APART,
        questions: ['map', 'wmts', 'tilesets', 'tileset', 'validate', 'stac', 'viewer'],
        is: status(200, 404, 'not-found'),
      },
    ],
  },
];
