import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundleContents } from '../../engine/classes/fixtures/fixtures.js';
import { assertProblem } from './problem.js';
import { openStage, tilePath, writeBundle, type Stage } from './stage.js';
import { FEW_SCENES, makeWorld, TILE } from './world.js';
import { WorldServer } from './world-server.js';

describe('bad requests and bad bundles', () => {
  let folder: string;
  let server: WorldServer;
  let stage: Stage;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'geocrop-e2e-'));
    server = await WorldServer.start(await makeWorld(FEW_SCENES));
    const good = bundleContents('trees', ['xgboost.onnx']);
    const models = join(folder, 'models');
    const { 'selected_features.json': features, ...withoutFeatures } = good;
    const named = (name: string): object => ({ ...(good['bundle.json'] as object), name });
    await writeBundle(join(models, 'trees'), good);
    await writeBundle(join(models, 'missing'), { ...withoutFeatures, 'bundle.json': named('missing') });
    await writeBundle(join(models, 'columns'), {
      ...good,
      'bundle.json': named('columns'),
      'selected_features.json': (features as string[]).slice(1),
    });
    await writeBundle(join(models, 'unknown'), {
      ...good,
      'bundle.json': named('unknown'),
      'selected_features.json': ['rainfall', ...(features as string[]).slice(1)],
    });
    stage = await openStage(folder, server.stac);
  });
  after(async () => {
    await stage.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const { x, y } = TILE;
  const cases: readonly [path: string, status: number, code: string, says: RegExp][] = [
    ['/tiles/14/a/2', 400, 'bad-request', /./],
    ['/tiles/14/1.5/2', 400, 'bad-request', /./],
    ['/tiles/19/1/2', 400, 'bad-request', /18/],
    ['/tiles/-1/0/0', 400, 'bad-request', /./],
    ['/tiles/14/16384/2', 400, 'bad-request', /16383/],
    ['/tiles/14/2/16384', 400, 'bad-request', /16383/],
    [`/tiles/14/${x}/${y}.jpg`, 400, 'bad-request', /png/],
    [`/tiles/14/${x}/${y}?wait=56`, 400, 'bad-request', /55/],
    [`/tiles/14/${x}/${y}?year=soon`, 400, 'bad-request', /year/],
    [`/tiles/14/${x}/${y}?year=1999`, 404, 'unknown-year', /2021/],
    [`/tiles/14/${x}/${y}?season=monsoon`, 404, 'unknown-season', /summer, winter/],
    [`/tiles/14/${x}/${y}?model=oracle`, 404, 'unknown-model', /trees/],
    [`/tiles/14/${x}/${y}?layer=rainfall`, 404, 'unknown-layer', /classes/],
    ['/point/91.0,95.0', 400, 'bad-request', /./],
    ['/point/10.0,50.0', 404, 'outside-coverage', /Longitude first/],
    ['/tiles/14/1', 404, 'not-found', /./],
  ];
  for (const [path, status, code, says] of cases) {
    test(`${path}: ${status} ${code}`, async () => {
      const { detail, hint } = await assertProblem(await stage.get(path), status, code);
      assert.match(`${detail} ${hint}`, says);
    });
  }

  test('none of them asked for a scene', () => assert.deepEqual(server.seen, []));

  test('bundles that do not load are named with what is wrong, and the good one serves', async () => {
    const bad = stage.engine.badBundles.map(({ folder: name, error }) => [name, error.code]);
    assert.deepEqual(bad, [
      ['columns', 'bundle-mismatch'],
      ['missing', 'bundle-missing-file'],
      ['unknown', 'bundle-unknown-feature'],
    ]);
    for (const { error } of stage.engine.badBundles) assert.ok((error.hint ?? '').length > 0, error.message);
    assert.match(stage.engine.badBundles[1]?.error.message ?? '', /selected_features\.json/);
    assert.match(stage.engine.badBundles[2]?.error.message ?? '', /rainfall/);
    assert.deepEqual(stage.engine.service.models(), ['trees']);
    await assertProblem(await stage.get(tilePath(TILE, 'model=unknown')), 404, 'unknown-model');
    assert.equal((await stage.get(tilePath(TILE))).status, 200);
  });
});
