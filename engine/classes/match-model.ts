import { modelError } from '../forest/model-error.js';
import { duplicates, quoteNames } from './bundle-error.js';

/** As many names as a person reads. */
const SHOWN = 8;

/**
 * Holds a model's columns against the list of features. Throws `model-mismatch`: nothing is padded, cut, reordered or guessed.
 * @param names the columns' names in the model's file; null where it has none
 */
export function checkFeatures(
  file: string,
  columns: number,
  names: readonly string[] | null,
  features: readonly string[],
): void {
  const wrong = (message: string, hint: string) => modelError('model-mismatch', file, '', message, { hint });
  if (columns !== features.length) {
    const differing = names === null ? '' : ` ${differences(names, features)}`;
    throw wrong(
      `has ${columns} columns, but the list of features has ${features.length}.${differing}`,
      'List exactly the features that the model was trained on, in the order of its columns.',
    );
  }
  if (names === null || names.every((name, i) => name === features[i])) return;
  const differing = differences(names, features);
  if (differing !== '') {
    throw wrong(
      `its columns are not those of the list of features. ${differing}`,
      'All members of a bundle see the same features: train them on the same columns.',
    );
  }
  const at = names.findIndex((name, i) => name !== features[i]);
  throw wrong(
    `its columns are in another order than the list of features: column ${at} is "${names[at]}", listed is "${features[at]}".`,
    'Give the features in the order of the columns; members trained on different orders cannot share a bundle.',
  );
}

/** What one list has and the other lacks, in words; '' where they hold the same names. */
function differences(names: readonly string[], features: readonly string[]): string {
  const lacking = features.filter((name) => !names.includes(name));
  const besides = names.filter((name) => !features.includes(name));
  const parts = [
    ...(lacking.length > 0 ? [`It lacks ${quoteNames(lacking, SHOWN)}.`] : []),
    ...(besides.length > 0 ? [`It has ${quoteNames(besides, SHOWN)}, which the list lacks.`] : []),
  ];
  return parts.join(' ');
}

/**
 * The names of a model's probabilities in their order: its own, which must be among the bundle's; else the bundle's, by place.
 * Throws `model-mismatch`.
 * @param count probabilities of a row
 * @param names of the model's own; null where it has none
 */
export function memberClasses(
  file: string,
  count: number,
  names: readonly string[] | null,
  classes: readonly string[],
): readonly string[] {
  const wrong = (message: string, hint: string) => modelError('model-mismatch', file, '', message, { hint });
  if (names === null) {
    if (count === classes.length) return classes;
    throw wrong(
      `gives probabilities of ${count} classes, but the list has ${classes.length}: ${quoteNames(classes, SHOWN)}.`,
      'The file does not name its classes, so they are taken by place: list as many, in the order of its labels.',
    );
  }
  if (names.length !== count) {
    throw wrong(
      `names ${names.length} classes and gives probabilities of ${count}.`,
      'Save the model again.',
    );
  }
  const twice = duplicates(names);
  if (twice.length > 0) {
    throw wrong(
      `names the class ${quoteNames(twice, SHOWN)} more than once.`,
      'Give each class its own name.',
    );
  }
  const unknown = names.filter((name) => !classes.includes(name));
  if (unknown.length === 0) return names;
  throw wrong(
    `has classes that the list lacks: ${quoteNames(unknown, SHOWN)}. Listed are ${quoteNames(classes, SHOWN)}.`,
    'Classes are matched by name: spell them alike.',
  );
}
