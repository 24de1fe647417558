import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

const BUNDLE = 'models/Ensemble';

interface Member {
  readonly file: string;
  readonly weight: number;
}

interface Manifest {
  readonly members: readonly Member[];
  readonly card: {
    readonly simulated: boolean;
    readonly accuracy: number;
    readonly alwaysTheCommonest: number;
    readonly pixels: { readonly heldOut: number };
    readonly members: readonly Member[];
    readonly training: { readonly code: { readonly modified?: boolean } };
  };
}

/** What `npm run train` left in the repository; that it predicts what the libraries said is model-check.test.ts. */
describe("the demo's model", async () => {
  const { card, members } = JSON.parse(await readFile(`${BUNDLE}/bundle.json`, 'utf8')) as Manifest;

  test('its card tells a simulation, committed code, and more than guessing', () => {
    assert.equal(card.simulated, true);
    assert.equal(card.training.code.modified, undefined);
    assert.ok(card.accuracy > card.alwaysTheCommonest);
    const weighed = ({ file, weight }: Member) => [file, weight];
    assert.deepEqual(card.members.map(weighed), members.map(weighed));
  });

  test('its parity rows are of the test, and at thresholds', async () => {
    const text = await readFile(`${BUNDLE}/parity/rows.csv`, 'utf8');
    const [header, ...rows] = text
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const field = header!.indexOf('field');
    const [ofFields, made] = [
      rows.filter((row) => row[field] !== ''),
      rows.filter((row) => row[field] === ''),
    ];
    assert.ok(ofFields.length > 100 && ofFields.length <= card.pixels.heldOut);
    assert.ok(made.length > 0 && made.every(([id]) => id!.startsWith('at-thresholds-')));
  });
});
