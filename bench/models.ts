import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleContents } from '../engine/classes/fixtures/fixtures.js';
import { ROOT, WORK } from './folders.js';

export interface ModelsFolder {
  readonly dir: string;
  readonly name: string;
  readonly note: string;
}

/** The demo's model; a small one of the tests where the repository has none. */
export async function modelsFolder(): Promise<ModelsFolder> {
  const dir = join(ROOT, 'models');
  if (existsSync(join(dir, 'Ensemble', 'bundle.json')))
    return { dir, name: 'Ensemble', note: "the demo's model" };
  const own = join(WORK, 'models');
  await mkdir(join(own, 'trees'), { recursive: true });
  for (const [file, content] of Object.entries(bundleContents('trees'))) {
    const bytes = content instanceof Uint8Array ? content : JSON.stringify(content);
    await writeFile(join(own, 'trees', file), bytes);
  }
  return { dir: own, name: 'trees', note: "a small model of the tests: there is no demo's model" };
}
