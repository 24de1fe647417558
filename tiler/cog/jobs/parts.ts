import type { Dataset, FileCrs } from '../../../engine/raster-files/dataset.js';
import type { Reader } from '../../../engine/raster-files/read.js';
import type { Post } from '../post.js';

/** What jobs are done with. */
export interface CogParts {
  /** @throws cog-malformed, cog-unsupported, source-…, aborted */
  open(href: string, signal?: AbortSignal): Promise<Dataset>;
  readonly reader: Reader;
  readonly post: Post;
  /** @throws bad-request for what is no reference system that we know */
  parseCrs(text: string): Promise<FileCrs>;
}
