import { expectations, bundleContents, type BundleContents } from '../fixtures/fixtures.js';
import type { TextFile } from './csv-records.js';

/** The tests' bundles as a trainer leaves them: with a table and the predictions that the Python libraries made of it. */

export const RECIPE = '00000000deadbeef';

export function textOf(name: string, text: string): TextFile {
  return {
    name,
    async *open() {
      // In pieces, as from a disk.
      for (let at = 0; at < text.length; at += 1000) yield text.slice(at, at + 1000);
    },
  };
}

/** The bundle with the recipe in its card. */
export function cardedContents(ensemble: 'trees' | 'scaled', recipe: string | null = RECIPE): BundleContents {
  const contents = bundleContents(ensemble);
  const manifest = contents['bundle.json'] as { readonly card: object };
  return {
    ...contents,
    'bundle.json': {
      ...manifest,
      card: { ...manifest.card, ...(recipe === null ? {} : { pixelsRecipe: recipe }) },
    },
  };
}

/** A table as `geocrop sample` writes it, with the columns that the model reads; null: a row without features. */
export function tableOf(rows: readonly (readonly number[] | null)[], recipe = RECIPE): string {
  const { features } = expectations;
  const header = ['id', 'lon', 'lat', 'label', 'field', 'year', 'n_obs', 'recipe', 'scenes', ...features];
  const lines = rows.map(
    (row, i) =>
    [`p${i}`, 30, -17.5, '"maize, late"', i, 2021, row === null ? 1 : 9, recipe, 'abc', ...(row ?? features.map(() => ''))].join(','), // prettier-ignore
  );
  return [header.join(','), ...lines, ''].join('\n');
}

/** One line of predictions. */
export interface Line {
  readonly row: number;
  readonly member: string;
  /** In the order of `expectations.classes`; undefined: the member lacks the class. */
  readonly probabilities: readonly (number | undefined)[];
}

/** What XGBoost and scikit-learn said of the fixtures' rows, and numpy of the vote, row by row. */
export function libraryLines(ensemble: 'trees' | 'scaled'): Line[] {
  const { classes, members, ensembles, rows } = expectations;
  const { mean, members: parts } = ensembles[ensemble];
  return rows.flatMap((_, row) => [
    ...parts.map(({ file }) => {
      const { classes: own, library } = members[file]!;
      return { row, member: file, probabilities: classes.map((name) => library[row]![own.indexOf(name)]) };
    }),
    { row, member: 'vote', probabilities: mean[row]! },
  ]);
}

export function predictionsOf(lines: readonly Line[], classes = expectations.classes): string {
  const text = lines.map(({ row, member, probabilities }) =>
    [row, member, ...probabilities.map((p) => (p === undefined ? '' : p))].join(','),
  );
  return [['row', 'member', ...classes].join(','), ...text, ''].join('\n');
}
