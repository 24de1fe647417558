/**
 * The words that name a model's classes, or null where its labels are only numbers or truth values, which say no more than
 * their order. Throws RangeError where numbers do not ascend: by place they would be mixed up.
 */
export function wordsOf(labels: readonly unknown[]): string[] | null {
  if (labels.length === 0) return null;
  const numbers = labels.map((label) => (typeof label === 'boolean' ? Number(label) : label));
  if (numbers.every((label): label is number => typeof label === 'number')) {
    if (numbers.every((label, i) => i === 0 || label > numbers[i - 1]!)) return null;
    throw new RangeError(`are numbers that do not ascend: ${labels.join(', ')}`);
  }
  const words = labels.map(String);
  return words.every((word, i) => word === String(i)) ? null : words;
}
