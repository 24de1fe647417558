/**
 * The domain's errors: one class, a stable `code`, the context that a person needs, and a hint that says what to do.
 * The HTTP layer and the CLI map codes to statuses and exit codes in one table each (tiler/http/problem.ts).
 */
export type ErrorCode =
  // what was asked for
  | 'bad-request' // syntax or range
  | 'url-forbidden' // a file that the configuration does not let be read, in whatever spelling
  | 'cog-missing' // a file that may be read, and is not there
  | 'tile-outside-bounds' // of a file: its users take 404 for "nothing there"
  | 'point-outside-bounds'
  | 'unknown-colormap'
  | 'unknown-season'
  | 'unknown-year'
  | 'unknown-model'
  | 'unknown-layer'
  | 'outside-coverage'
  | 'area-too-large'
  // the scenes
  | 'no-scenes' // nothing found, with dates, area and what was left out
  | 'stac-unavailable' // time-out, 5xx, no answer
  | 'stac-refused' // 4xx
  | 'stac-malformed' // HTML, half a body, not GeoJSON
  | 'item-malformed' // no datetime, no assets, no geometry
  | 'item-lacks-asset'
  | 'unsupported-crs'
  // reading
  | 'source-missing' // 404, 410: file or object is not there
  | 'source-forbidden' // 401, 403
  | 'source-unavailable' // time-out, 5xx, connection reset, short body
  | 'cog-malformed' // not a TIFF, truncated, absurd tags
  | 'cog-unsupported' // a TIFF of a kind that we do not read
  | 'block-corrupt' // a block that does not decode
  // models
  | 'bundle-missing-file'
  | 'bundle-malformed'
  | 'bundle-unknown-feature'
  | 'bundle-mismatch' // counts of columns, labels, classes contradict each other
  | 'bundle-lacks-bands' // needs features that the collection's bands do not give
  | 'inference-failed'
  // trainers' files
  | 'model-malformed' // truncated, contradicts itself, runs in circles
  | 'model-unsupported' // a kind of model that we do not take, said by name
  | 'model-mismatch' // features, classes, tables that do not fit the model
  | 'model-too-large' // asks for more than any real model
  // keeping
  | 'store-unavailable'
  | 'store-full'
  | 'store-corrupt'
  | 'not-computed' // nobody may compute it here, and it is not archived
  | 'queue-full'
  | 'queue-unavailable' // the shared queue does not answer
  | 'not-ready' // still being computed when the caller's patience ended
  | 'shutting-down'
  | 'aborted'
  | 'memory-limit' // a job that does not fit the configured memory
  | 'deadline' // what a request may take at most is over
  | 'config-invalid'
  | 'internal';

export interface ErrorDetails {
  /** What the caller or operator can do about it, one sentence. */
  hint?: string;
  /** url, z/x/y, band, file …: small, serialisable. */
  context?: Record<string, string | number | boolean | null>;
  cause?: unknown;
}

export class GeoCropError extends Error {
  override readonly name = 'GeoCropError';
  readonly hint: string | undefined;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.context = details.context ?? {};
  }
}

export function isGeoCropError(error: unknown, ...codes: ErrorCode[]): error is GeoCropError {
  return error instanceof GeoCropError && (codes.length === 0 || codes.includes(error.code));
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error as is where it is ours or an abort; wrapped as `internal` otherwise. */
export function asGeoCropError(error: unknown): GeoCropError {
  if (error instanceof GeoCropError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new GeoCropError('aborted', 'The work was given up because nobody waited for it.', {
      cause: error,
    });
  }
  return new GeoCropError('internal', messageOf(error), { cause: error });
}

/** Errors cross worker boundaries as plain data. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  hint?: string;
  context: Record<string, string | number | boolean | null>;
}

export function toErrorData(error: unknown): ErrorData {
  const ours = asGeoCropError(error);
  return {
    code: ours.code,
    message: ours.message,
    context: { ...ours.context },
    ...(ours.hint === undefined ? {} : { hint: ours.hint }),
  };
}

export function fromErrorData(data: ErrorData): GeoCropError {
  return new GeoCropError(data.code, data.message, {
    context: data.context,
    ...(data.hint === undefined ? {} : { hint: data.hint }),
  });
}
