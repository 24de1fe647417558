import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { isGeoCropError, type ErrorCode } from '../../../engine/errors.js';
import { openHttpSource, type HttpSourceOptions } from './http-source.js';

const refused = (code: ErrorCode) => (error: unknown) => isGeoCropError(error, code);
const BYTES = Buffer.from('the bytes of a file');

/** A server of one file that answers ranges. @param says what it says of the file: ETag and the like */
function file(says: () => Readonly<Record<string, string>>): RequestListener {
  return (request, response) => {
    const [, start = 0, end = 0] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '')?.map(Number) ?? [];
    const part = BYTES.subarray(start, end + 1);
    response.writeHead(206, {
      ...says(),
      'Content-Range': `bytes ${start}-${start + part.length - 1}/${BYTES.length}`,
      'Content-Length': part.length,
    });
    response.end(part);
  };
}

const FIRST = { ETag: '"1"' };

async function serving(
  listener: RequestListener,
  use: (port: number, seen: string[]) => Promise<void>,
): Promise<void> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Names as this test says; every question is counted. */
function names(answers: (time: number) => readonly string[]) {
  let asked = 0;
  const lookup = (
    _host: string,
    _options: object,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ): void => {
    const addresses = answers(asked++).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    setImmediate(() => callback(null, addresses));
  };
  return { lookup: lookup as unknown as NonNullable<HttpSourceOptions['lookup']>, asked: () => asked };
}

const options = { timeoutMs: 5000, maxInFlight: 4, now: () => 0 };
const address = (host: string, port: number) => ({
  kind: 'http' as const,
  url: `http://${host}:${port}/x.tif`,
  host,
});

describe('files of a web server', () => {
  it('are read; those that were replaced meanwhile are not', async () => {
    let etag = '"1"';
    await serving(
      file(() => ({ ETag: etag })),
      async (port) => {
        const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
        const { href } = await source.identify(address('127.0.0.1', port));
        assert.equal(Buffer.from(await source.read(href, 4, 9)).toString(), 'bytes');
        etag = '"2"';
        await assert.rejects(source.read(href, 4, 9), refused('source-unavailable'));
        assert.notEqual((await source.identify(address('127.0.0.1', port))).href, href);
      },
    );
  });

  it('are told apart by all who ask at the same time', async () => {
    await serving(
      file(() => FIRST),
      async (port) => {
        const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
        const found = await Promise.all(
          Array.from({ length: 20 }, () => source.identify(address('127.0.0.1', port))),
        );
        assert.equal(new Set(found.map(({ href }) => href)).size, 1);
      },
    );
  });

  it('are not read where the server gives all of another file in place of the part', async () => {
    let whole: readonly [etag: string, body: string] | null = null;
    await serving(
      (request, response) => {
        if (whole === null) file(() => FIRST)(request, response);
        else response.writeHead(200, { ETag: whole[0], 'Content-Length': whole[1].length }).end(whole[1]);
      },
      async (port) => {
        const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
        const { href } = await source.identify(address('127.0.0.1', port));
        whole = ['"1"', BYTES.toString()];
        assert.equal(Buffer.from(await source.read(href, 4, 9)).toString(), 'bytes', 'the same file');
        whole = ['"2"', BYTES.toString()];
        await assert.rejects(source.read(href, 4, 9), refused('source-unavailable'));
        whole = ['"1"', `${BYTES.toString()} and more`];
        await assert.rejects(source.read(href, 4, 9), refused('source-unavailable'));
      },
    );
  });

  it('that nothing tells from another count as the same no longer than answers are kept', async () => {
    const modified = 'Sat, 21 Nov 2026 12:00:00 GMT';
    const later = 'Sat, 21 Nov 2026 12:00:01 GMT';
    const cases: readonly (readonly [says: Readonly<Record<string, string>>, told: boolean])[] = [
      [{}, false],
      // Within the second: it may be replaced in it once more.
      [{ 'Last-Modified': modified, Date: modified }, false],
      [{ 'Last-Modified': modified, Date: later }, true],
      [FIRST, true],
    ];
    for (const [says, told] of cases) {
      let now = 0;
      await serving(
        file(() => says),
        async (port) => {
          const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'], now: () => now });
          const { href } = await source.identify(address('127.0.0.1', port));
          now = 299_999;
          await source.read(href, 4, 9);
          now = 300_000;
          if (told) await source.read(href, 4, 9);
          else await assert.rejects(source.read(href, 4, 9), refused('source-unavailable'));
          const again = await source.identify(address('127.0.0.1', port));
          assert.equal(again.href === href, told, JSON.stringify(says));
        },
      );
    }
  });

  it('are not looked for where a redirect leads: elsewhere here, inside, or on the disk', async () => {
    const targets = [
      '/elsewhere.tif',
      '//evil.example/x.tif',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/x.tif',
      'file:///etc/passwd',
      'data:image/tiff;base64,SUkqAA==',
    ];
    for (const [at, status] of [300, 301, 302, 303, 307, 308].entries()) {
      await serving(
        (_request, response) => {
          response.writeHead(status, { Location: targets[at] }).end();
        },
        async (port, seen) => {
          const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
          await assert.rejects(source.identify(address('127.0.0.1', port)), refused('url-forbidden'));
          assert.deepEqual(seen, ['/x.tif'], `${status}: asked once, and nowhere else`);
        },
      );
    }
  });

  it('are not read on where a redirect leads that comes later', async () => {
    let moved = false;
    await serving(
      (request, response) => {
        if (moved) response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
        else file(() => FIRST)(request, response);
      },
      async (port, seen) => {
        const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
        const { href } = await source.identify(address('127.0.0.1', port));
        moved = true;
        await assert.rejects(source.read(href, 4, 9), refused('url-forbidden'));
        assert.deepEqual(seen, ['/x.tif', '/x.tif']);
      },
    );
  });

  it('are never asked for at private addresses, unless the operator named the host', async () => {
    await serving(
      file(() => FIRST),
      async (port, seen) => {
        const inside = names(() => ['127.0.0.1']);
        const guarded = openHttpSource({ ...options, privateHosts: [], lookup: inside.lookup });
        await assert.rejects(guarded.identify(address('cogs.example.org', port)), refused('url-forbidden'));
        const literal = openHttpSource({ ...options, privateHosts: [] });
        await assert.rejects(literal.identify(address('127.0.0.1', port)), refused('url-forbidden'));
        assert.deepEqual(seen, []);
        const named = openHttpSource({
          ...options,
          privateHosts: ['cogs.example.org'],
          lookup: inside.lookup,
        });
        await named.identify(address('cogs.example.org', port));
        assert.deepEqual(seen, ['/x.tif']);
      },
    );
  });

  it('are not asked for where one of several addresses is private', async () => {
    const mixed = names(() => ['8.8.8.8', '10.0.0.1']);
    const source = openHttpSource({ ...options, privateHosts: [], lookup: mixed.lookup });
    await assert.rejects(source.identify(address('cogs.example.org', 9)), refused('url-forbidden'));
  });

  it('are not reached by a name that changes after it was looked at: what was checked is what is called', async () => {
    await serving(
      file(() => FIRST),
      async (port, seen) => {
        // The name means nothing to the system: the only look at it is ours, once for each connection.
        const once = names((time) => (time === 0 ? ['127.0.0.1'] : ['192.0.2.1']));
        const host = 'cogs.example.org';
        const source = openHttpSource({ ...options, privateHosts: [host], lookup: once.lookup });
        const { href } = await source.identify(address(host, port));
        await source.read(href, 0, 3);
        assert.equal(seen.length, 2);
        assert.equal(once.asked(), 1);
      },
    );
  });

  it('are missing where the server says so', async () => {
    await serving(
      (_request, response) => {
        response.writeHead(404).end();
      },
      async (port) => {
        const source = openHttpSource({ ...options, privateHosts: ['127.0.0.1'] });
        await assert.rejects(source.identify(address('127.0.0.1', port)), refused('cog-missing'));
      },
    );
  });

  it('are waited for only so long', async () => {
    await serving(
      () => undefined,
      async (port) => {
        const source = openHttpSource({ ...options, timeoutMs: 50, privateHosts: ['127.0.0.1'] });
        await assert.rejects(source.identify(address('127.0.0.1', port)), refused('source-unavailable'));
      },
    );
  });
});
