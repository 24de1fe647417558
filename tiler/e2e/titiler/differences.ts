/** A difference from TiTiler that stays, and why: docs/titiler.md shows them, and the harness accepts no other. */
export interface KnownDifference {
  readonly what: string;
  readonly titiler: string;
  readonly ours: string;
  readonly why: string;
  /**
   * Which of the differences that were found it explains. Without: nothing that the harness asks shows it.
   */
  readonly explains?: (found: Found) => boolean;
}

/** A difference that was found. */
export interface Found {
  readonly file: string;
  /** Of the file, as TiTiler says it; empty where it does not. */
  readonly dtype: string;
  /** Whether it says which of its pixels are valid. */
  readonly masked: boolean;
  /** id of the question. */
  readonly question: string;
  readonly difference: string;
}

const is =
  (questions: readonly string[], pattern: RegExp) =>
  ({ question, difference }: Found): boolean =>
    questions.includes(question) && pattern.test(difference);

const says =
  (pattern: RegExp) =>
  ({ difference }: Found): boolean =>
    pattern.test(difference);

export const DIFFERENCES: readonly KnownDifference[] = [
  {
    what: 'Status of a parameter that is malformed or names nothing',
    titiler: '422 (FastAPI’s)',
    ours: '400 `bad-request` or `unknown-colormap`',
    why: 'One code for "the request cannot be understood" in all of this server, with a hint that says what to write.',
    explains: is(
      ['no-set', 'no-format', 'no-colormap', 'bad-rescale', 'bad-resampling', 'bad-number'],
      /TiTiler 422, we 400/,
    ),
  },
  {
    what: 'Descriptions of bands in `/point` and `/statistics`',
    titiler: 'the last band’s description for all of them (rio-tiler 9.4: a variable of an earlier loop)',
    ours: 'each band its own, as in `/info`',
    why: 'Theirs is a slip.',
    explains: ({ question, difference }) =>
      /^(point|statistics)/.test(question) &&
      difference
        .split('; ')
        .every((part) => /^\.[\w.]*descriptions?[\w.]*: TiTiler "[^"]*", we "[^"]*"$/.test(part)),
  },
  {
    what: 'Pictures (PNG, WebP) of float values without `rescale`',
    titiler: 'valid pixels are transparent too: the mask’s largest float becomes 0 as a byte',
    ours: 'valid pixels are opaque',
    why: 'Theirs is a slip; with `rescale`, as everybody asks for, both are the same.',
    explains: ({ dtype, question, difference }) =>
      /^float/.test(dtype) &&
      ['png', 'preview-picture', 'format-query', 'format-unsaid', 'webp'].includes(question) &&
      /^(\d+ of \d+ samples|size: )/.test(difference),
  },
  {
    what: 'Masks of int8 files',
    titiler: '127 of 255, half transparent, in pictures; where a file is warped all of it is masked',
    ours: '255, and masked only where it is',
    why: 'Theirs is a slip: the mask is kept in the file’s type, whose largest value is 127.',
    explains: ({ dtype, difference }) => dtype === 'int8' && !difference.startsWith('status'),
  },
  {
    what: 'More bands than a picture can have',
    titiler: '500',
    ours: '400 that says so',
    why: 'The request is wrong, not the server.',
    explains: says(/TiTiler 500, we 400 \(bad-request: (PNG|JPEG|WebP) cannot hold/),
  },
  {
    what: 'Files without a reference system',
    titiler: '500 for `/info` and `/preview` too',
    ours: '`/info`, `/preview` and `/statistics` by pixels; 400 where a place is asked for',
    why: 'There is something to say of them.',
    explains: says(/TiTiler 500, we (200|400 \(bad-request: The file says neither)/),
  },
  {
    what: 'Files that are placed by ground control points',
    titiler: 'warped by a polynomial through them',
    ours: 'as files without a place',
    why: 'Not built: no file of this server’s buckets is of that kind.',
    explains: ({ file }) => /gcp/.test(file),
  },
  {
    what: 'Reference systems of other worlds',
    titiler: '500, or the whole Earth as bounds',
    ours: 'taken as if it were the Earth',
    why: 'Nobody asks a map of Zimbabwe for Mars.',
    explains: ({ file }) => /mars|nonearth/.test(file),
  },
  {
    what: 'A box whose west lies east of its east',
    titiler: '200 and a picture of one column of pixels, stretched',
    ours: '400 that says so',
    why: 'Ask for its two halves.',
    explains: says(/TiTiler 200, we 400 \(bad-request: bbox = /),
  },
  {
    what: 'A point in the box around a rotated file, beside the file',
    titiler: '200 with null',
    ours: '404 `point-outside-bounds`',
    why: 'It is outside.',
    explains: ({ file, question, difference }) =>
      /rotated/.test(file) && question.startsWith('point') && /TiTiler 200, we 404/.test(difference),
  },
  {
    what: '`reproject=mode` of int16 files where −1 is the most frequent value',
    titiler: 'missing (GDAL 3.10: −1 is its sign for "none found")',
    ours: '−1',
    why: 'Theirs is a slip, which later versions of GDAL do not have.',
  },
  {
    what: 'Warping a file that reaches over the antimeridian, or all of a file around the world',
    titiler: 'all of the Earth, with what is left of the resolution',
    ours: '400, or bounds and pixels at the edge of the Earth that differ',
    why: 'PROJ and our own projection part where a place has two longitudes. Zimbabwe has one.',
    explains: ({ file, difference }) =>
      /dateline|fullearth|nztm2000/.test(file) &&
      /The file has no place in this reference system|zoom: TiTiler|^content-bbox|values, by up to|samples, by up to|image\/png, we image\/jpeg|^size/.test(
        difference,
      ),
  },
  {
    what: 'Bounds of a file whose rows go north, in degrees',
    titiler: 'its own',
    ours: 'the whole Earth, as later versions of GDAL say',
    why: 'No writer of today makes such files.',
    explains: ({ file }) => /model_transformation|inverted_lat/.test(file),
  },
  {
    what: 'JPEG of four bands',
    titiler: '200: red, green, blue and a fourth as CMYK',
    ours: '400 that says so',
    why: 'No browser shows what was meant.',
    explains: is(['jpeg', 'format-unsaid'], /TiTiler 200, we 400 \(bad-request: JPEG cannot hold/),
  },
  {
    what: '`Content-Crs` of tiles of WorldCRS84Quad',
    titiler: '`…/crs/OGC/0/CRS84`',
    ours: '`…/crs/OGC/1.3/CRS84`',
    why: 'The register of the OGC has it under its version.',
    explains: is(['tile-degrees'], /^content-crs: TiTiler <[^>]*OGC\/0\/CRS84>, we <[^>]*OGC\/1\.3\/CRS84>$/),
  },
  {
    what: 'Status of a band that the file does not have',
    titiler: '500',
    ours: '400 `bad-request`',
    why: 'The request is wrong, not the server.',
    explains: is(['no-band'], /TiTiler 500, we 400/),
  },
  {
    what: 'Status of a point outside the file',
    titiler: '500',
    ours: '404 `point-outside-bounds`',
    why: 'As tiles have it, in TiTiler too.',
    explains: ({ question, difference }) =>
      question.includes('point') && /TiTiler 500, we 404 \(point-outside/.test(difference),
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
  },
  {
    what: '`buffer` and `padding` of tiles',
    titiler: 'wider tiles',
    ours: '400 that says so',
    why: 'Not built; tiles meet without.',
  },
  {
    what: 'jp2, GIF',
    titiler: 'jp2 with GDAL’s driver',
    ours: '400',
    why: 'Nobody shows them in a browser.',
  },
  {
    what: 'Size of an answer and time that it takes',
    titiler: 'no limit',
    ours: '422 `area-too-large` beyond `GEOCROP_COG_MEMORY_BYTES`; 504 `deadline` after `GEOCROP_COG_TIMEOUT`; 503 `queue-full`',
    why: 'One request must not cost the server.',
    explains: says(/TiTiler 200, we 422 \(area-too-large/),
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
  },
  {
    what: 'Not here',
    titiler:
      '`/cog/map.html`, `/cog/{tms}/WMTSCapabilities.xml`, `/cog/tiles`, `/cog/validate`, `/cog/stac`, `/cog/feature`, POST `/cog/statistics`, `/stac`, `/mosaicjson`, `/zarr`',
    ours: '404',
    why: 'Not built; GeoCrop’s own maps have WMTS and `/statistics`.',
  },
];
