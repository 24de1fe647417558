// Bundles the page into dist/viewer (index.html, hashed scripts and style) and the tests of its modules into dist/viewer-tests.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { feature, mesh } from 'topojson-client';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../dist/viewer');
const require = createRequire(import.meta.url);

/** ISO 3166-1 numbers: Botswana, Malawi, Mozambique, Namibia, South Africa, Zambia, Zimbabwe. */
const SOUTH = new Set(['072', '454', '508', '516', '710', '894', '716']);
/** [west, south, east, north] of what the map shows at its smallest zoom around Zimbabwe. */
const AROUND = [18, -30, 42, -8];
const ZIMBABWE = '716';
const isAround = ([lon, lat]) => lon > AROUND[0] && lat > AROUND[1] && lon < AROUND[2] && lat < AROUND[3];

/** `import borders from 'virtual:borders'`: the few kilobytes of the world atlas that this map shows. */
const borders = {
  name: 'borders',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^virtual:borders$/ }, ({ path }) => ({ path, namespace: 'borders' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'borders' }, () => {
      const atlas = JSON.parse(readFileSync(require.resolve('world-atlas/countries-50m.json'), 'utf8'));
      const countries = atlas.objects.countries;
      const round = (value) => (typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value.map(round));
      const south = { ...countries, geometries: countries.geometries.filter(({ id }) => SOUTH.has(id)) };
      const zimbabwe = feature(
        atlas,
        countries.geometries.find(({ id }) => id === ZIMBABWE),
      ).geometry;
      return {
        loader: 'json',
        contents: JSON.stringify({
          zimbabwe: round(zimbabwe.type === 'Polygon' ? [zimbabwe.coordinates] : zimbabwe.coordinates),
          lines: round(mesh(atlas, south).coordinates.filter((line) => line.some(isAround))),
        }),
      };
    });
  },
};

/** WebGPU's shaders: this page draws with WebGL 2. */
const WGSL_TEXT = /\/\* wgsl \*\/ `(?:[^`\\]|\\[^])*`/g;
const WGSL = /@(deck|luma)\.gl\/.*[.-]wgsl(-\w+)?\.js$/;
/** deck.gl's own TileLayer draws GeoJSON, with text, icons and points; ours draws pictures (map/picture-layers.ts). */
const TILE_LAYER = /@deck\.gl\/geo-layers\/dist\/tile-layer\/tile-layer\.js$/;
const GEOJSON_IMPORT = "import { GeoJsonLayer } from '@deck.gl/layers';";

/** luma.gl fetches the device on demand; nothing can be drawn without it, so it comes with the page's script. */
const WEBGL_ADAPTER = /@luma\.gl\/webgl\/dist\/adapter\/webgl-adapter\.js$/;
const DEVICE_IMPORT = 'await import("./webgl-device.js")';

/** Leaves out what the page cannot reach and the bundler cannot know: a sixth of its bytes. Fetches at once what it cannot do without. */
const unreachable = {
  name: 'unreachable',
  setup(esbuild) {
    esbuild.onLoad({ filter: WGSL }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll(WGSL_TEXT, `''`);
      // A template inside a template: left as it is.
      return contents.includes('`') ? undefined : { contents };
    });
    esbuild.onLoad({ filter: TILE_LAYER }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      if (!code.includes(GEOJSON_IMPORT))
        throw new Error('deck.gl’s TileLayer changed: look at viewer/build.mjs');
      return { contents: code.replace(GEOJSON_IMPORT, 'const GeoJsonLayer = class {};') };
    });
    esbuild.onLoad({ filter: WEBGL_ADAPTER }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      if (!code.includes(DEVICE_IMPORT))
        throw new Error('luma.gl’s WebGLAdapter changed: look at viewer/build.mjs');
      const contents = `import * as device from "./webgl-device.js";\n${code.replaceAll(DEVICE_IMPORT, 'device')}`;
      return { contents };
    });
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const page = await build({
  entryPoints: [join(here, 'main.ts'), join(here, 'style/style.css')],
  outdir: out,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  // What is imported on demand is fetched on demand.
  splitting: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox115', 'safari16'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  metafile: true,
  plugins: [borders, unreachable],
  logLevel: 'warning',
});
const written = Object.keys(page.metafile.outputs).map((file) => basename(file));
const named = (extension) => written.find((file) => file.startsWith('main-') && file.endsWith(extension));
writeFileSync(
  join(out, 'index.html'),
  withWords(readFileSync(join(here, 'index.html'), 'utf8'), (await stringsOfPage()).page)
    .replace('./style.css', `./${written.find((file) => file.endsWith('.css'))}`)
    .replace('./main.js', `./${named('.js')}`)
    .replace('  </head>', `${preloads(named('.js'))}  </head>`),
);

/** What the page's script imports before it runs is fetched beside it, not after it. */
function preloads(name) {
  const outputs = Object.entries(page.metafile.outputs);
  const first = new Set();
  const add = (file) => {
    for (const { path, kind } of outputs.find(([known]) => known === file)?.[1].imports ?? []) {
      if (kind !== 'import-statement' || first.has(path)) continue;
      first.add(path);
      add(path);
    }
  };
  add(outputs.find(([file]) => basename(file) === name)?.[0]);
  return [...first].map((file) => `    <link rel="modulepreload" href="./${basename(file)}" />\n`).join('');
}

/** strings.ts, as this script can read it. */
async function stringsOfPage() {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'strings.ts')],
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)).strings;
}

/** `{{name}}` becomes the word of that name. */
function withWords(html, words) {
  return html.replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (words[name] === undefined) throw new Error(`viewer/strings.ts has no page.${name}`);
    return words[name].replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  });
}

const tests = join(here, '../dist/viewer-tests');
rmSync(tests, { recursive: true, force: true });
await build({
  entryPoints: readdirSync(here, { recursive: true })
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('e2e'))
    .map((file) => join(here, file)),
  outdir: tests,
  outbase: here,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  // A parser that reads the page's own sources, and a decoder: oracles of tests.
  external: ['typescript', 'pngjs'],
  plugins: [borders],
  logLevel: 'warning',
});
// Those that drive a browser keep their imports: '../../tiler/…' is dist/tiler/… from there.
await build({
  entryPoints: readdirSync(join(here, 'e2e'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(here, 'e2e', file)),
  outdir: join(tests, 'e2e'),
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});

if (process.argv.includes('--sizes')) {
  for (const file of written) {
    const bytes = readFileSync(join(out, file));
    console.log(`${file}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}
