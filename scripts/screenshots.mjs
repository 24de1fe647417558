// Writes the viewer's golden pictures anew: `npm run screenshots [-- PATTERN]`. Look at what changed before it is committed.
import { spawnSync } from 'node:child_process';

if (process.env.CI === 'true') {
  console.error(
    'Golden pictures are not written in CI: run this on your machine, look at them, commit them.',
  );
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ['scripts/test.mjs', 'viewer-tests/e2e', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, GEOCROP_SCREENSHOTS: 'write' },
  },
);
process.exit(status ?? 1);
