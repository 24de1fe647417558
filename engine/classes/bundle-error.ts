import type { ErrorCode } from '../errors.js';
import { GeoCropError } from '../errors.js';

/** An error about a bundle: the message begins with the bundle and the file that is wrong. */
export function bundleError(
  code: Extract<ErrorCode, `bundle-${string}`>,
  bundle: string,
  file: string,
  message: string,
  details: { hint?: string; cause?: unknown } = {},
): GeoCropError {
  return new GeoCropError(code, `${bundle}/${file}: ${message}`, { ...details, context: { bundle, file } });
}

/** At most `limit` of the names in quotes, and how many more there are. */
export function quoteNames(names: readonly string[], limit = Infinity): string {
  const shown = names.slice(0, limit).map((name) => `"${name}"`);
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`);
  return shown.join(', ');
}

/** The names that occur more than once, each once. */
export function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
