import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { benchDecode } from './decode.js';
import { benchColdFromAfar, benchColdFromDisk } from './cold/bench-cold.js';
import { benchFeatures } from './features.js';
import { benchForest } from './forest/bench-forest.js';
import { benchmarksPage, renewedPage } from './docs-page.js';
import { RESULTS, ROOT, WORK } from './folders.js';
import { formatTable, withinBudget, type BenchResult } from './report.js';
import { atTheEnd, machineFacts } from './machine.js';
import { benchCached } from './serving/bench-cached.js';
import { benchServing } from './serving/bench-serving.js';
import { benchStampede } from './serving/bench-stampede.js';
import { benchWarming } from './serving/bench-warming.js';
import { benchTiTiler } from './titiler/bench-titiler.js';
import { benchViewer } from './viewer/bench-viewer.js';
import { makeBenchSeason } from './season/make-season.js';

type Results = Promise<readonly BenchResult[]> | AsyncIterable<BenchResult>;

const BENCHES: Readonly<Record<string, () => Results>> = {
  decode: async () => [await benchDecode(await season())],
  features: async () => [await benchFeatures()],
  forest: () => benchForest(),
  cold: async () => [await benchColdFromDisk(await season())],
  serving: async () => [await benchServing(await season())],
  cached: async () => [await benchCached(await season())],
  stampede: async () => [await benchStampede(await season())],
  warming: async () => [await benchWarming()],
  titiler: async () => [await benchTiTiler(await season())],
  viewer: async () => [await benchViewer()],
  afar: async () => [await benchColdFromAfar(await season())],
};

const progress = (text: string): void => void process.stderr.write(`${text}\n`);
const season = (): ReturnType<typeof makeBenchSeason> => makeBenchSeason(WORK, progress);

async function main(given: readonly string[]): Promise<number> {
  const writeDocs = given.includes('--write-docs');
  const names = given.filter((name) => name !== '--write-docs');
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    process.stderr.write(
      `No benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}.\n`,
    );
    return 2;
  }
  const before = await machineFacts();
  process.stdout.write(`${before.text}\n\n`);
  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    progress(`${name} …`);
    for await (const result of await run()) {
      results.push(result);
      process.stdout.write(`${formatTable(result)}\n`);
    }
  }
  const machine = atTheEnd(before);
  await mkdir(RESULTS, { recursive: true });
  await writeFile(join(RESULTS, 'latest.json'), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  if (writeDocs) {
    const page = join(ROOT, 'docs', 'benchmarks.md');
    const text =
      names.length === 0
        ? benchmarksPage(machine, results)
        : renewedPage(await readFile(page, 'utf8'), machine, results);
    await writeFile(page, text);
  }
  const missed = results.flatMap(({ rows }) => rows.filter((row) => withinBudget(row) === false));
  for (const { what } of missed) process.stdout.write(`Over budget: ${what}\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
