import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GeoCropError } from '../../engine/errors.js';
import type { Io } from './io.js';
import { startProgress } from './progress.js';
import type { Runners } from './program.js';
import { runCli } from './program.js';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly (readonly [name: string, options: unknown])[];
}

async function run(
  line: string,
  options: { fail?: Error; code?: number; environment?: Io['environment'] } = {},
): Promise<Run> {
  const calls: [string, unknown][] = [];
  let out = '';
  let err = '';
  const io: Io = {
    environment: options.environment ?? {},
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    terminal: null,
    interrupt: () => new AbortController().signal,
  };
  const runner =
    (name: string) =>
    async (given: unknown): Promise<number> => {
      calls.push([name, given]);
      if (options.fail !== undefined) throw options.fail;
      return options.code ?? 0;
    };
  const names = [
    'serve',
    'demo',
    'classify',
    'export',
    'sample',
    'features',
    'warm',
    'initStore',
    'gc',
    'verify',
    'modelList',
    'modelCheck',
    'modelImport',
  ] as const;
  const runners = Object.fromEntries(names.map((name) => [name, runner(name)])) as unknown as Runners;
  const code = await runCli(line === '' ? [] : line.split(' '), runners, '1.2.3', io);
  return { code, out, err, calls };
}

const optionsOf = async (line: string): Promise<Record<string, unknown>> => {
  const { calls, err } = await run(line);
  assert.equal(calls.length, 1, err);
  return calls[0]?.[1] as Record<string, unknown>;
};

describe('the command line', () => {
  const commands = [
    '',
    'serve',
    'demo',
    'classify',
    'export',
    'sample',
    'features',
    'warm',
    'init-store',
    'model',
    'model list',
    'model check',
    'model import',
  ];
  for (const command of commands) {
    it(`explains ${command === '' ? 'itself' : command}`, async () => {
      const { code, out, calls } = await run(`${command} --help`.trim());
      assert.equal(code, 0);
      assert.match(out, /^Usage: geocrop/);
      assert.match(out, /geocrop (serve|demo|classify|export|sample|features|warm|init-store|model)/);
      assert.equal(calls.length, 0);
    });
  }

  it('lists commands in one manner: small letters, no full stop', async () => {
    for (const line of ['--help', 'model --help']) {
      const { out } = await run(line);
      const [, listed = ''] = out.split('Commands:\n');
      const lines = listed.split('\n\n')[0]!.trimEnd().split('\n').filter((text) => /^ {2}\S/.test(text)); // prettier-ignore
      assert.ok(lines.length >= 4, out);
      for (const text of lines) assert.match(text, /^ {2}\S+( \S+)* {2,}[a-z].*[^.]$/);
    }
  });

  it('prints its version', async () => {
    assert.deepEqual(await run('--version'), { code: 0, out: '1.2.3\n', err: '', calls: [] });
  });

  const wrong: readonly (readonly [line: string, says: RegExp])[] = [
    ['', /Usage: geocrop/],
    ['sevre', /Did you mean serve\?/],
    ['serve --prot 1', /Did you mean --port\?/],
    ['serve --port 99999', /--port = "99999"/],
    ['classify --out a.tif', /--bbox.*--aoi.*is needed/],
    ['classify --bbox 1,2,3 --out a.tif', /west,south,east,north/],
    ['classify --bbox 3,2,1,4 --out a.tif', /West must be less/],
    ['classify --bbox -17,200,-16,201 --out a.tif', /longitude comes first/],
    ['classify --bbox 1,2,3,4 --aoi 1,2,3 --out a.tif', /cannot be used with/],
    ['classify --aoi 30,-17,9000 --out a.tif', /5000 m/],
    ['classify --aoi 30,-17,100', /--out/],
    ['classify --aoi 30,-17,100 --out a.png', /\.tif/],
    ['classify --aoi 30,-17,100 --out a.tif --year 21', /2021/],
    ['export --out a.tif', /--bbox.*--area.*--aoi.*is needed/],
    ['export --bbox 1,2,3,4 --area a.geojson --out a.tif', /cannot be used with/],
    ['export --area a.geojson --aoi 30,-17,100 --out a.tif', /cannot be used with/],
    ['export --area a.kml --out a.tif', /\.geojson/],
    ['export --bbox 1,2,3,4', /--out/],
    ['warm --year 2021', /--bbox.*--area.*is needed/],
    ['warm --bbox 1,2,3,4 --area a.geojson', /cannot be used with/],
    ['warm --area a.shp', /\.geojson/],
    ['warm --bbox 1,2,3,4 --zoom 14-6', /two zooms from 0 to 14, the lower first/],
    ['warm --bbox 1,2,3,4 --zoom 6-15', /drawn from it/],
    ['warm --bbox 1,2,3,4 --zoom all', /such as 6-14/],
    ['warm --bbox 1,2,3,4 --for ever', /30m or 6h/],
    ['warm --bbox 1,2,3,4 --for 0h', /30m or 6h/],
    ['warm --bbox 1,2,3,4 --report r.txt', /\.json/],
    ['sample --points a.geojson --out t.csv', /--year.*--year-field.*is needed/],
    ['sample --points a.csv --year 2021 --out t.csv', /\.geojson/],
    ['features', /--point/],
    ['features --point 30', /lon,lat/],
    ['model chekc', /check/],
    ['model check a b --table rows.csv', /needs one bundle/],
    ['model check a --expected p.csv', /'--expected' needs '--table'/],
    ['model check a --table rows.parquet', /\.csv/],
    ['model import a.json', /--name/],
    ['model import --name a --classes c.json --features f.json', /missing required argument 'files'/],
    ['model import --name ../a --classes c.json --features f.json a.json', /part of URLs/],
    ['model import --name a --classes c.txt --features f.json a.json', /\.json/],
    ['model import --name a --classes c.json --features f.json --smoothing 4 a.json', /0, 3, 5, 7/],
    [
      'model import --name a --classes c.json --features f.json --weights 1,0 a.json b.json',
      /between 1e-100 and 1e\+100/,
    ],
    [
      'model import --name a --classes c.json --features f.json --weights 1e308,1e308 a.json b.json',
      /between/,
    ],
    ['model import --name a --classes c.json --features f.json --weights 0x10 a.json', /between/],
    [
      'model import --name a --classes c.json --features f.json --weights 1,2 a.json',
      /2 numbers for 1 files/,
    ],
  ];
  for (const [line, says] of wrong) {
    it(`refuses "geocrop ${line}"`, async () => {
      const { code, err, calls } = await run(line);
      assert.equal(code, 2);
      assert.match(err, says);
      assert.equal(calls.length, 0);
    });
  }

  it('hands checked options to classify', async () => {
    const { config, ...options } = await optionsOf(
      'classify --bbox 29.9,-17.6,30.1,-17.4 --year 2021 --season winter --model XGBoost --out a.tif --stac ./scenes --store kept',
    );
    assert.deepEqual(options, {
      area: { kind: 'bbox', bounds: [29.9, -17.6, 30.1, -17.4] },
      year: 2021,
      season: 'winter',
      model: 'XGBoost',
      out: 'a.tif',
      overwrite: false,
    });
    assert.equal((config as { stac: string }).stac, './scenes');
    assert.equal((config as { storeDir: string }).storeDir, 'kept');
    assert.deepEqual((await optionsOf('classify --aoi 30,-17.5,2500 --out a.tif'))['area'], {
      kind: 'aoi',
      aoi: { lon: 30, lat: -17.5, radius: 2500 },
    });
  });

  it('hands checked options to warm', async () => {
    const { config: _, ...options } = await optionsOf(
      'warm --area zim.geojson --year 2021 --model XGBoost --zoom 9-14 --for 1.5h --dry-run --report r.json',
    );
    assert.deepEqual(options, {
      area: { kind: 'file', path: 'zim.geojson' },
      year: 2021,
      season: null,
      model: 'XGBoost',
      zooms: { lowest: 9, highest: 14 },
      forMs: 5_400_000,
      dryRun: true,
      report: 'r.json',
    });
    const plain = await optionsOf('warm --bbox 29.9,-17.6,30.1,-17.4 --zoom 14');
    assert.deepEqual(plain['area'], { kind: 'bbox', bounds: [29.9, -17.6, 30.1, -17.4] });
    assert.deepEqual([plain['zooms'], plain['forMs']], [{ lowest: 14, highest: 14 }, null]);
  });

  it('hands checked options to the others', async () => {
    const sample = await optionsOf('sample --points f.geojson --year-field planted --out t.csv --overwrite');
    assert.deepEqual(sample['year'], { kind: 'field', field: 'planted' });
    assert.equal(sample['overwrite'], true);
    const features = await optionsOf('features --point 30.01,-17.45');
    assert.deepEqual([features['point'], features['year']], [{ lon: 30.01, lat: -17.45 }, null]);
    const demo = await optionsOf('demo --no-open --port 0');
    assert.deepEqual([demo['open'], demo['prepareOnly'], demo['dir']], [false, false, '.geocrop/demo']);
    assert.equal((demo['config'] as { computeMinZoom: number }).computeMinZoom, 12);
    assert.deepEqual((await optionsOf('model check a ./b'))['bundles'], ['a', './b']);
    const { config: _, ...parity } = await optionsOf('model check a --table r.csv --expected p.csv --json');
    assert.deepEqual(parity, {
      bundles: ['a'],
      parity: { table: 'r.csv', expected: 'p.csv' },
      json: true,
    });
    assert.equal((await optionsOf('model list --json'))['json'], true);
    const { config, ...imported } = await optionsOf(
      'model import --name Mine --classes c.json --features f.json --weights 2,0.5 --smoothing 0 --models m a.json b.txt',
    );
    assert.equal((config as { modelsDir: string }).modelsDir, 'm');
    assert.deepEqual(imported, {
      name: 'Mine',
      files: ['a.json', 'b.txt'],
      classes: 'c.json',
      features: 'f.json',
      card: null,
      palette: null,
      scaler: null,
      weights: [2, 0.5],
      smoothing: 0,
      modelVersion: '1.0.0',
      out: null,
      force: false,
    });
  });

  it('takes settings from the environment, flags first', async () => {
    const { calls } = await run('serve --port 1', { environment: { GEOCROP_PORT: '2', GEOCROP_HOST: '::' } });
    const { config } = calls[0]?.[1] as { config: { port: number; host: string } };
    assert.deepEqual([config.port, config.host], [1, '::']);
    const bad = await run('model list', { environment: { GEOCROP_PROT: '1' } });
    assert.equal(bad.code, 2);
    assert.match(bad.err, /GEOCROP_PROT is no setting; did you mean GEOCROP_PORT\?/);
  });

  it('leaves with what happened', async () => {
    assert.equal((await run('serve', { code: 1 })).code, 1);
    assert.equal((await run('serve', { fail: new GeoCropError('stac-unavailable', 'x') })).code, 1);
    assert.equal((await run('serve', { fail: new GeoCropError('unknown-model', 'x') })).code, 2);
    assert.equal((await run('serve', { fail: new GeoCropError('aborted', 'x') })).code, 130);
    const interrupted = await run('serve', { fail: new DOMException('Interrupted.', 'AbortError') });
    assert.deepEqual([interrupted.code, interrupted.err], [130, 'geocrop: Interrupted.\n']);
  });

  it('prints message and hint, and causes with --verbose', async () => {
    const cause = new Error('socket hang up');
    const fail = new GeoCropError('stac-unavailable', 'The catalogue does not answer.', {
      hint: 'Try again.',
      context: { url: 'https://x' },
      cause,
    });
    assert.equal(
      (await run('serve', { fail })).err,
      'geocrop: The catalogue does not answer.\n  Try again.\n',
    );
    const { err } = await run('serve --verbose', { fail });
    assert.match(err, /code: stac-unavailable/);
    assert.match(err, /url: https:\/\/x/);
    assert.match(err, /because: socket hang up/);
    assert.match((await run('serve', { fail: new TypeError('x is not a function') })).err, /mistake of ours/);
  });
});

describe('progress', () => {
  it('is a line at every tenth where nobody watches', () => {
    let text = '';
    const progress = startProgress({ terminal: null, err: (line) => void (text += line) }, 'reading', 20);
    for (let done = 1; done <= 20; done++) progress.update(done, `tile ${done}`);
    progress.stop();
    progress.update(20);
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, 10);
    assert.equal(lines[0], 'reading: 10 % (2 of 20), tile 2');
    assert.equal(lines.at(-1), 'reading: 100 % (20 of 20), tile 20');
  });

  it('is a line at every hundredth where it takes long', () => {
    const lines: string[] = [];
    const io = { terminal: null, err: (line: string) => void lines.push(line) };
    const progress = startProgress(io, 'warming', 3, { steps: 100 });
    for (let done = 0; done <= 3; done++) progress.update(done);
    assert.deepEqual(lines, [
      'warming: 33 % (1 of 3)\n',
      'warming: 66 % (2 of 3)\n',
      'warming: 100 % (3 of 3)\n',
    ]);
  });
});
