import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, seen from dist/bench. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What is made once and kept: the season, models, stores. Ignored by git. */
export const WORK = join(ROOT, '.geocrop', 'bench');
export const PEERS = join(ROOT, 'bench', 'peers');
export const RESULTS = join(ROOT, 'bench', 'results');
