import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathTemplates } from './path-template.js';

test('Hono’s paths as OpenAPI’s', () => {
  assert.deepEqual(pathTemplates('/tiles/:z/:x/:y'), [
    { path: '/tiles/{z}/{x}/{y}', names: ['z', 'x', 'y'] },
  ]);
  assert.deepEqual(pathTemplates('/cog/tiles/:z{[0-9]{1,2}}/:file{.+\\.png}'), [
    { path: '/cog/tiles/{z}/{file}', names: ['z', 'file'] },
  ]);
  assert.deepEqual(pathTemplates('/cog/:tms?/tilejson.json'), [
    { path: '/cog/tilejson.json', names: [] },
    { path: '/cog/{tms}/tilejson.json', names: ['tms'] },
  ]);
  assert.deepEqual(pathTemplates('/healthz'), [{ path: '/healthz', names: [] }]);
});
