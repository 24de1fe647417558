// `npm run train -- table.csv --out DIR`: finds a Python, gives it the pinned libraries in an environment of its own
// (.venv-train, made once), and runs engine/training/geocrop_training with the given arguments.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DW_CLASS_FEATURE } from '../dist/engine/classes/bundle.js';
import { FEATURE_ORDER_V1 } from '../dist/engine/pixels/feature-order.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const requirements = join(root, 'engine/training/requirements.txt');
const own = join(root, '.venv-train');
const OLDEST = [3, 11];

/** Leaves with 0 where every line `name==version` of the file in argv is what is installed. */
const HAS_PINS = `
import sys
from importlib.metadata import version
lines = [line.split('==') for line in open(sys.argv[1], encoding='utf-8') if '==' in line]
sys.exit(sys.version_info < (${OLDEST}) or any(version(name) != pin.strip() for name, pin in lines))
`;

const pythonIn = (folder) =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
const succeeds = (python, ...args) => spawnSync(python, args, { stdio: 'ignore' }).status === 0;
const hasPins = (python) => succeeds(python, '-c', HAS_PINS, requirements);

function fail(message) {
  console.error(`train: ${message}`);
  process.exit(1);
}

function pythonWithLibraries() {
  const given = process.env.GEOCROP_PYTHON;
  const ready = [given, pythonIn(join(root, '.venv')), pythonIn(own)].find(
    (python) => python !== undefined && hasPins(python),
  );
  return ready ?? makeEnvironment(given);
}

function makeEnvironment(given) {
  const names = [given, 'python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
  const base = names.find(
    (name) =>
      name !== undefined &&
      succeeds(name, '-c', `import sys, venv; sys.exit(sys.version_info < (${OLDEST}))`),
  );
  if (base === undefined) {
    fail(
      `needs Python ${OLDEST.join('.')} or later, with its module venv (Debian and Ubuntu: apt-get install python3-venv). ` +
        'GEOCROP_PYTHON names one that is not on the path.',
    );
  }
  console.error(`Installing the training libraries into .venv-train (once; about 800 MB) …`);
  rmSync(own, { recursive: true, force: true });
  const python = pythonIn(own);
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '-r',
    requirements,
  ];
  for (const [command, args] of [
    [base, ['-m', 'venv', own]],
    [python, pip],
  ]) {
    if (spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) {
      rmSync(own, { recursive: true, force: true });
      fail(`${command} ${args.slice(0, 3).join(' ')} … did not work; see above.`);
    }
  }
  if (!hasPins(python)) fail(`.venv-train lacks some of ${requirements}.`);
  return python;
}

const { status, error } = spawnSync(
  pythonWithLibraries(),
  [
    ...['-m', 'geocrop_training', '--node', process.execPath],
    ...['--known-features', [...FEATURE_ORDER_V1, DW_CLASS_FEATURE].join(',')],
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      PYTHONPATH: join(root, 'engine/training'),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONIOENCODING: 'utf-8',
    },
  },
);
if (error !== undefined) fail(error.message);
process.exitCode = status ?? 1;
