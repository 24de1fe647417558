import type { MachineFacts } from './machine.js';
import { formatTable, type BenchResult } from './report.js';

/** docs/benchmarks.md: what was measured, on what, and how to measure it again. */
export function benchmarksPage(machine: MachineFacts, results: readonly BenchResult[]): string {
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write-docs`; do not edit by hand. `npm run bench` measures again and prints the same tables;',
    '`npm run bench -- decode serving` only some of: decode, features, forest, cold, serving, cached, stampede, warming,',
    'titiler, viewer, afar. The numbers also go to `bench/results/latest.json`. Python peers run where a Python with numpy, xgboost, lightgbm or catboost is found: `GEOCROP_PYTHON`,',
    '`.venv/bin/python` or `python3`; without one their rows are missing and say so.',
    '',
    `**Machine.** ${machine.text}. It was shared with other work while this ran, so times are longer and spread wider than on`,
    'a machine of one’s own; contenders that are compared take turns, or run within the same minute, so that the ratios hold better.',
    '',
    '**Input.** A simulated season of 45 dates over one metatile (z12), made once by the bench (about 450 MB below',
    '`.geocrop/bench`): one UTM zone, 10 m bands in blocks of 1024 and 20 m bands in blocks of 512, DEFLATE with predictor 2, the',
    'metatile across the meeting of four blocks, noise filling the DN so that blocks weigh like real ones (1.2 MiB). Fifteen scenes are',
    'simulated and each stands for three dates under three names. The tile that is asked first crosses the edge of two columns of blocks.',
    'Correctness is checked before the clock starts: decoded pixels against each other, features within section 7 of [features.md](features.md) of',
    'plain TypeScript and numpy, probabilities within 1e-5 of the libraries’ own, the metatile from afar equal to the one from disk.',
    '',
    '**Load.** The generator is a process of its own and an open loop: requests are due at Poisson times whatever became of those',
    'before, and latency counts from when one was due (Gil Tene’s "coordinated omission": a client that waits for its answer before it',
    'asks again leaves out all who would have come meanwhile). Servers are `geocrop serve`, Redis, MinIO and nginx as they are installed.',
    'A long soak is `npm run soak` ([operator.md](operator.md#under-too-much-load)).',
    '',
    'Columns: the median, then the smallest and largest of so many runs (in brackets), then the [budget](architecture.md#budgets) (✓ kept,',
    '✗ missed). "Summed over threads" is wall clock of every thread added up: more than it would be alone where threads wait for a core.',
    '',
    ...results.map((result) => formatTable(result)),
  ].join('\n');
}

/**
 * The page with only these tables measured anew, each with the run that it is of: what was measured before stays as it was. New ones go
 * to the end.
 */
export function renewedPage(page: string, machine: MachineFacts, results: readonly BenchResult[]): string {
  const [head = '', ...sections] = page.split(/^(?=### )/m);
  const byTitle = new Map(sections.map((section) => [titleOf(section), section]));
  for (const result of results) {
    const [title = '', ...table] = formatTable(result).split('\n');
    byTitle.set(title, [title, '', `Of a run of its own: ${machine.text}.`, ...table].join('\n'));
  }
  return [head, ...byTitle.values()].map((part) => part.trimEnd()).join('\n\n') + '\n';
}

const titleOf = (section: string): string => section.slice(0, section.indexOf('\n'));
