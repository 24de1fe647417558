import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { entityTag } from './etag.js';

/** A file that is served, in memory. */
export interface StaticFile {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
  /** Where it is smaller. */
  readonly gzipped: { readonly body: Uint8Array; readonly etag: string } | null;
  /** The name holds a digest of the content. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.geojson': 'application/geo+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const COMPRESSIBLE = /^text\/|json|svg|wasm/;
/** esbuild's `[name]-[hash]`. */
const HASHED = /-[A-Z0-9]{8}\.[\w.]+$/;

/**
 * Every file below a folder by its path from there, with slashes. Only what is listed can be asked for, so no path leads out
 * of the folder; names that begin with a dot, links and types that we do not know stay out.
 */
export async function readStaticFiles(dir: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => extname(path) in TYPES)
    .map((path) => [relative(dir, path).split(sep).join('/'), path] as const)
    .filter(([name]) => !name.split('/').some((part) => part.startsWith('.')));
  return new Map(
    await Promise.all(
      paths.map(async ([name, path]) => [name, await staticFile(name, await readFile(path))] as const),
    ),
  );
}

/** A file in memory, zipped where that is worth it. @param name its ending decides the type */
export async function staticFile(name: string, body: Buffer): Promise<StaticFile> {
  const contentType = TYPES[extname(name)] as string;
  const etag = entityTag({ name, content: body.toString('base64') });
  const small = COMPRESSIBLE.test(contentType) ? await promisify(gzip)(body) : body;
  return {
    body,
    contentType,
    etag,
    gzipped: small.length < body.length ? { body: small, etag: etag.replace(/"$/, '-gzip"') } : null,
    immutable: HASHED.test(name),
  };
}
