/** What a model was right and wrong about, by class id. */
export interface ErrorMatrix {
  /** Counts, [mapped class][class on the ground]. */
  readonly samples: readonly (readonly number[])[];
  /** Their sum. */
  readonly total: number;
}

/** No matrix, and why not, as a sentence. */
export interface NoErrorMatrix {
  readonly reason: string;
}

type Side = 'truth' | 'map';

/**
 * The confusion matrix of a model card (docs/ml-engineer.md): `{"rows": "truth", "columns": "map", "classes": [names], "pixels": [[counts]]}`.
 * Rows and columns are taken as they say, never guessed; classes go by name.
 * @param classes names by class id, as the model gives them
 */
export function errorMatrixOf(
  card: Readonly<Record<string, unknown>>,
  classes: readonly string[],
): ErrorMatrix | NoErrorMatrix {
  const found = card['confusionMatrix'];
  if (found === undefined || found === null) {
    return { reason: 'The model’s card has no confusion matrix, so that nothing is known of its errors.' };
  }
  const { rows, columns, classes: named, pixels } = found as Record<string, unknown>;
  if (!isSide(rows) || !isSide(columns) || rows === columns) {
    return {
      reason:
        'The confusion matrix of the model’s card does not say which side is the map and which the truth.',
    };
  }
  if (!isNames(named) || !isCounts(pixels, named.length)) {
    return {
      reason:
        'The confusion matrix of the model’s card is malformed: names, and as many rows of as many counts, are needed.',
    };
  }
  const strangers = named.filter((name) => !classes.includes(name));
  const missing = classes.filter((name) => !named.includes(name));
  if (strangers.length > 0 || missing.length > 0) {
    return {
      reason: `The confusion matrix of the model’s card is not of the model’s classes: ${[...strangers, ...missing].join(', ')}.`,
    };
  }
  const place = classes.map((name) => named.indexOf(name));
  const samples = place.map((mapped) =>
    place.map((ground) => (rows === 'map' ? pixels[mapped]?.[ground] : pixels[ground]?.[mapped]) ?? 0),
  );
  return { samples, total: samples.flat().reduce((sum, count) => sum + count, 0) };
}

const isSide = (value: unknown): value is Side => value === 'truth' || value === 'map';

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((name) => typeof name === 'string') &&
  new Set(value).size === value.length;

const isCounts = (value: unknown, size: number): value is number[][] =>
  Array.isArray(value) &&
  value.length === size &&
  value.every(
    (row) =>
      Array.isArray(row) &&
      row.length === size &&
      row.every((count) => Number.isInteger(count) && (count as number) >= 0),
  );
