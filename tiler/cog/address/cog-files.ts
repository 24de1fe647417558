import { LRUCache } from 'lru-cache';
import { GeoCropError } from '../../../engine/errors.js';
import type { ByteSource } from '../../../engine/windows/byte-source.js';
import { storeByteSource, storeHref, type ReadableStore } from '../../tiles/store-source.js';
import type { CogAddress } from './parse-address.js';
import { parseAddress, type AddressRules } from './parse-address.js';
import { openFolderSource } from './folder-source.js';
import { openHttpSource, type HttpSourceOptions } from './http-source.js';

/** A file as it is now. */
export interface CogFile {
  /** As it was asked for. */
  readonly url: string;
  /** For {@link CogFiles.source}: a file that was replaced has another. */
  readonly href: string;
  readonly lastModified: Date | null;
}

/** Files of one kind of place. */
export interface PlaceSource<A extends CogAddress> extends ByteSource {
  identify(address: A, signal?: AbortSignal): Promise<Omit<CogFile, 'url'>>;
}

type Of<K extends CogAddress['kind']> = Extract<CogAddress, { kind: K }>;

export interface CogFilesOptions extends AddressRules {
  readonly store: ReadableStore;
  readonly http: Omit<HttpSourceOptions, 'now'>;
  /** Milliseconds. */
  readonly now: () => number;
}

/** For so long a file counts as the one that it was, milliseconds: a map asks for dozens of tiles at once. */
const IDENTITY_MS = 2000;
const MOST_IDENTITIES = 1000;

/** Files that the configuration lets be read: which they are, and their bytes. */
export class CogFiles {
  readonly #options: CogFilesOptions;
  readonly #places: { readonly [K in CogAddress['kind']]: PlaceSource<Of<K>> };
  readonly #known = new LRUCache<string, { readonly at: number; readonly file: Promise<CogFile> }>({
    max: MOST_IDENTITIES,
  });

  constructor(options: CogFilesOptions) {
    this.#options = options;
    const folders = options.places.flatMap((place) => (place.kind === 'file' ? [place.folder] : []));
    this.#places = {
      store: storeSource(options.store),
      http: openHttpSource({ ...options.http, now: options.now }),
      file: openFolderSource(folders),
    };
  }

  /**
   * @param replaced `href` of a file that is no longer there: it is asked for anew, once for all who find that out at the same time
   * @throws url-forbidden, cog-missing, source-…
   */
  async identify(url: string, replaced?: string): Promise<CogFile> {
    const address = parseAddress(url, this.#options);
    for (;;) {
      const known = this.#known.get(url);
      if (known === undefined || this.#options.now() - known.at >= IDENTITY_MS) break;
      if (replaced === undefined) return known.file;
      const file = await known.file.catch(() => null);
      if (file !== null && file.href !== replaced) return file;
      // Somebody else may have asked meanwhile.
      if (this.#known.get(url) === known) break;
    }
    const file = this.#identify(address).then((found) => ({ url, ...found }));
    const entry = { at: this.#options.now(), file };
    this.#known.set(url, entry);
    // What failed is not remembered.
    file.catch(() => {
      if (this.#known.get(url) === entry) this.#known.delete(url);
    });
    return file;
  }

  /** Bytes of files that were identified. */
  readonly source: ByteSource = {
    read: (href, start, end, signal) => this.#placeOf(href).read(href, start, end, signal),
  };

  #identify(address: CogAddress): Promise<Omit<CogFile, 'url'>> {
    switch (address.kind) {
      case 'store':
        return this.#places.store.identify(address);
      case 'http':
        return this.#places.http.identify(address);
      case 'file':
        return this.#places.file.identify(address);
    }
  }

  #placeOf(href: string): ByteSource {
    if (href.startsWith('store:')) return this.#places.store;
    return href.startsWith('file:') ? this.#places.file : this.#places.http;
  }
}

function storeSource(store: ReadableStore): PlaceSource<Of<'store'>> {
  return {
    ...storeByteSource(store),
    identify: async ({ bucket, key }) => {
      const info = await store.head(bucket, key);
      if (info === undefined) throw missing();
      return { href: storeHref(bucket, key, info), lastModified: info.modified };
    },
  };
}

export function missing(cause?: unknown): GeoCropError {
  return new GeoCropError('cog-missing', 'There is no file at this address.', {
    hint: 'Check the spelling; capital and small letters differ.',
    cause,
  });
}
