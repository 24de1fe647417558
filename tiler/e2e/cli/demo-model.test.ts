import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';

const BUNDLE = 'models/Ensemble';

interface Scores {
  readonly accuracy: number;
  readonly logLoss: number;
  readonly calibration: { readonly expectedCalibrationError: number };
}

interface Member {
  readonly file: string;
  readonly weight: number;
}

interface CardMember extends Member, Scores {
  /** Name and version. */
  readonly library: string;
  readonly rounds: number;
  readonly trees: number;
}

interface Manifest {
  readonly members: readonly Member[];
  readonly card: Scores & {
    readonly simulated: boolean;
    readonly alwaysTheCommonest: number;
    readonly pixels: { readonly heldOut: number };
    readonly members: readonly CardMember[];
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

  test('the page that tells of it says what the card says', async () => {
    const page = await readFile('docs/ml-engineer.md', 'utf8');
    /** The numbers of a table's row that begins with `name`. */
    const numbersOf = (name: string): number[] => {
      const row = page.split('\n').find((line) => line.toLowerCase().startsWith(`| ${name.toLowerCase()} `));
      assert.ok(row !== undefined, `no row ${name}`);
      const cells = row
        .split('|')
        .slice(2)
        .map((cell) => cell.trim());
      return cells.filter((cell) => cell !== '').map((cell) => parseFloat(cell.replace(',', '')));
    };
    const holds = (name: string, expected: readonly number[], decimals: readonly number[]) => {
      const given = numbersOf(name);
      assert.equal(given.length, expected.length, name);
      given.forEach((number, i) => {
        const apart = Math.abs(number - expected[i]!);
        assert.ok(apart <= 0.5001 * 10 ** -decimals[i]!, `${name}: ${number}, the card says ${expected[i]}`);
      });
    };
    const scores = ({ accuracy, logLoss, calibration }: Scores) => [
      100 * accuracy,
      logLoss,
      calibration.expectedCalibrationError,
    ];
    for (const member of card.members) {
      const { library, rounds, trees, weight } = member;
      holds(library, [...scores(member), rounds, trees, weight], [1, 3, 3, 0, 0, 3]);
    }
    holds('the vote', scores(card), [1, 3, 3]);
    holds('always the commonest class', [100 * card.alwaysTheCommonest], [1]);
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
