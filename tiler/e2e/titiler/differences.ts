/** A difference from TiTiler that stays, and why: docs/titiler.md shows them, and the harness accepts no other. */
export interface KnownDifference {
  readonly what: string;
  readonly titiler: string;
  readonly ours: string;
  readonly why: string;
  /**
   * Which comparisons it explains: name of the file, id of the question, what was found. Without: nothing that the harness asks
   * shows it.
   */
  readonly explains?: (file: string, question: string, found: string) => boolean;
}

const is =
  (questions: readonly string[], found: RegExp) =>
  (_file: string, question: string, difference: string): boolean =>
    questions.includes(question) && found.test(difference);

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
    explains: (_file, question, found) =>
      /^(point|statistics)/.test(question) &&
      found
        .split('; ')
        .every((part) => /^\.[\w.]*descriptions?[\w.]*: TiTiler "[^"]*", we "[^"]*"$/.test(part)),
  },
  {
    what: 'Pictures (PNG, WebP) of float values without `rescale`',
    titiler: 'valid pixels are transparent too: the mask’s largest float becomes 0 as a byte',
    ours: 'valid pixels are opaque',
    why: 'Theirs is a slip; with `rescale`, as everybody asks for, both are the same.',
    explains: (file, question, found) =>
      /^float/.test(file) &&
      ['png', 'preview-picture', 'format-query', 'format-unsaid', 'webp'].includes(question) &&
      /^(\d+ of \d+ samples|size: )/.test(found),
  },
  {
    what: 'Masks of int8 files',
    titiler: '127 of 255, half transparent, in pictures; where a file is warped all of it is masked',
    ours: '255, and masked only where it is',
    why: 'Theirs is a slip: the mask is kept in the file’s type, whose largest value is 127.',
    explains: (file, _question, found) => /int8/.test(file) && !found.startsWith('status'),
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
    explains: is(['outside-point'], /TiTiler 500, we 404/),
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
