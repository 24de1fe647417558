// Builds all that runs: kernels (AssemblyScript to WASM), the TypeScript of engine, cache, tiler and bench,
// and the viewer's page. Each step is skipped where nothing it reads has changed since it last ran.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
    );
}

/** Runs `make` unless the inputs hash to what they did at its last success and `output` is still there. */
function step(name, inputs, output, make) {
  const stamp = join(root, 'dist', `.${name}.stamp`);
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) =>
    existsSync(join(root, input)) && !readdirOrNull(input) ? [input] : filesBelow(input),
  )) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  }
  const digest = hash.digest('hex');
  if (existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  mkdirSync(dirname(join(root, output)), { recursive: true });
  make();
  writeFileSync(stamp, digest);
}

function readdirOrNull(path) {
  try {
    return readdirSync(join(root, path));
  } catch {
    return null;
  }
}

const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: 'inherit' });

step(
  'kernels',
  ['engine/kernels/assembly', 'engine/kernels/build.json', 'package-lock.json'],
  'dist/engine/kernels/kernels.wasm',
  () => {
    const { entry, options } = JSON.parse(readFileSync(join(root, 'engine/kernels/build.json'), 'utf8'));
    run(bin('asc'), [entry, '--outFile', 'dist/engine/kernels/kernels.wasm', ...options]);
  },
);
step(
  'typescript',
  ['engine', 'cache', 'tiler', 'bench', 'tsconfig.json', 'package-lock.json'],
  'dist/engine/errors.js',
  () => {
    run(bin('tsc'), ['-p', 'tsconfig.json']);
  },
);
step('viewer', ['viewer', 'package-lock.json'], 'dist/viewer/index.html', () => {
  if (existsSync(join(root, 'viewer/build.mjs'))) run(process.execPath, ['viewer/build.mjs']);
});
