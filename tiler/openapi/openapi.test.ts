import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AreaService } from '../areas/area-service.js';
import type { CogService } from '../cog/cog-service.js';
import { PROBLEMS } from '../http/problem.js';
import type { Route } from '../http/route.js';
import { testApp } from '../http/testing.js';
import { openApiDocument } from './openapi-document.js';
import { openApiProblems, withoutOpenApi } from './openapi-oracle.js';

interface Described {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}
interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Only whether they are there matters. */
const AREAS = {} as AreaService;
const COG = {} as CogService;

async function served(config = {}): Promise<Described> {
  const { get } = testApp({}, { areas: AREAS, cog: COG, config });
  const response = await get('http://maps.example:8080/openapi.json');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Content-Type'), 'application/json');
  return (await response.json()) as Described;
}

const operationsOf = ({ paths }: Described): [string, OperationObject][] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, OperationObject] => [
      `${method} ${path}`,
      operation,
    ]),
  );

describe('/openapi.json', () => {
  test('is valid OpenAPI 3.1', { skip: withoutOpenApi }, async () => {
    assert.deepEqual(openApiProblems(await served()), []);
  });

  test('a document that is none is told from one that is', { skip: withoutOpenApi }, async () => {
    const document = await served();
    assert.notDeepEqual(openApiProblems({ ...document, paths: { 'tiles/{z}': {} } }), []);
  });

  test('has every route of the table but the page, each with its own name', async () => {
    const operations = operationsOf(await served());
    const names = operations.map(([name]) => name);
    for (const name of [
      'get /tiles/{z}/{x}/{y}',
      'post /statistics',
      'get /bbox/{bbox}',
      'get /openapi.json',
      'get /docs',
      'get /healthz',
    ]) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(!names.some((name) => name.includes('*') || name.includes(':')));
    assert.equal(new Set(operations.map(([, { operationId }]) => operationId)).size, operations.length);
    const without = testApp();
    const { paths } = (await (await without.get('/openapi.json')).json()) as Described;
    assert.equal(paths['/statistics'], undefined);
  });

  test('every operation has every problem that it may answer with', async () => {
    const statuses = new Set(Object.values(PROBLEMS).map(({ status }) => status));
    for (const [name, { responses }] of operationsOf(await served())) {
      for (const status of statuses) {
        const left = status === 405 || status === 499 || (status === 413 && name !== 'post /statistics');
        assert.equal(String(status) in responses, !left, `${name}: ${status}`);
      }
    }
  });

  test('says how errors are written: as problems, and by the WMTS as its reports', async () => {
    for (const [name, { responses }] of operationsOf(await served())) {
      const written = name.startsWith('get /wmts') ? ['text/xml'] : undefined;
      const { content } = responses['400'] as { content?: object };
      assert.deepEqual(content === undefined ? undefined : Object.keys(content), written, name);
    }
    const { get } = testApp();
    for (const [path, status] of [
      ['/wmts', 400],
      ['/wmts?service=WMTS&request=GetMap', 501],
    ] as const) {
      const answer = await get(path);
      assert.equal(answer.status, status);
      assert.match(answer.headers.get('Content-Type') ?? '', /^text\/xml/);
    }
    assert.ok('501' in ((await served()).paths['/wmts']?.['get']?.responses ?? {}));
  });

  test('says where an answer may be 304', async () => {
    const document = await served();
    const { get } = testApp();
    for (const path of [
      '/tilejson.json',
      '/legend.json',
      '/legend.png',
      '/legend.qml',
      '/openapi.json',
      '/docs',
    ]) {
      const etag = (await get(path)).headers.get('ETag') ?? '';
      assert.equal((await get(path, { 'If-None-Match': etag })).status, 304, path);
      assert.ok('304' in (document.paths[path]?.['get']?.responses ?? {}), path);
    }
    assert.ok(!('304' in (document.paths['/healthz']?.['get']?.responses ?? {})));
  });

  test('names the server as the configuration knows it, else as the request does', async () => {
    assert.deepEqual((await served()).servers, [{ url: 'http://maps.example:8080' }]);
    assert.deepEqual((await served({ publicUrl: 'https://crops.example/maps' })).servers, [
      { url: 'https://crops.example/maps' },
    ]);
  });

  test('takes routes as they come: parameters that nobody tells of, optional parts, a path with two methods', () => {
    const route = (method: Route['method'], path: string): Route => ({
      method,
      path,
      operation: { summary: path, tag: 'cog', answers: { 200: { description: 'It' } } },
      handler: () => new Response(),
    });
    const routes = [
      route('get', '/cog/:tms?/info'),
      route('post', '/cog/:tms?/info'),
      route('get', '/jobs/:id'),
    ];
    const options = { version: '1', serverUrl: 'http://x', attribution: 'us' };
    const { paths } = openApiDocument(routes, options) as unknown as Described;
    assert.deepEqual(Object.keys(paths), ['/cog/info', '/cog/{tms}/info', '/jobs/{id}']);
    assert.deepEqual(Object.keys(paths['/cog/info'] ?? {}), ['get', 'post']);
    assert.deepEqual(
      paths['/jobs/{id}']?.['get']?.parameters?.map(({ name, in: place, required }) => [
        name,
        place,
        required,
      ]),
      [['id', 'path', true]],
    );
  });
});

describe('/docs', () => {
  test('is a page with all that it needs, from here', async () => {
    const { get } = testApp();
    const page = await get('/docs');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('Content-Type') ?? '', /^text\/html/);
    const html = await page.text();
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    assert.ok(addresses.length >= 4);
    for (const address of addresses.filter((found) => !found.startsWith('data:'))) {
      const url = new URL(address, 'http://localhost/docs');
      assert.equal(url.origin, 'http://localhost', address);
      const file = await get(url.pathname, { 'Accept-Encoding': 'gzip' });
      assert.equal(file.status, 200, address);
      const etag = file.headers.get('ETag') ?? '';
      assert.equal(
        (await get(url.pathname, { 'Accept-Encoding': 'gzip', 'If-None-Match': etag })).status,
        304,
      );
    }
    for (const path of ['/docs/index.html', '/docs/package.json', '/docs/..%2fstart.js']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });
});
