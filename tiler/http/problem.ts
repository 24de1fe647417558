import type { ErrorCode } from '../../engine/errors.js';
import { asGeoCropError } from '../../engine/errors.js';

/** How an error looks from outside. */
export interface ProblemKind {
  readonly status: number;
  /** What kind of thing went wrong: the same for every occurrence (RFC 9457, section 3.1.4). */
  readonly title: string;
  /** Seconds after which the same request may well work; null where waiting does not help. */
  readonly retryAfter: number | null;
  /** False where message and context name what only the operator should see: then the log has them. */
  readonly exposed: boolean;
}

/** Codes of the protocol itself, beside the domain's. */
export type HttpErrorCode = ErrorCode | 'not-found' | 'method-not-allowed' | 'body-too-large';

const kind = (
  status: number,
  title: string,
  { retryAfter = null, exposed = true }: { retryAfter?: number | null; exposed?: boolean } = {},
): ProblemKind => ({ status, title, retryAfter, exposed });

const retry = (seconds: number) => ({ retryAfter: seconds });
const inside = { exposed: false };

/** Every typed error's status and cacheability. No error is ever cached: all are `no-store`. */
export const PROBLEMS: Readonly<Record<HttpErrorCode, ProblemKind>> = {
  'bad-request': kind(400, 'The request cannot be understood'),
  'url-forbidden': kind(403, 'This file may not be read here'),
  'cog-missing': kind(404, 'No such file'),
  'tile-outside-bounds': kind(404, 'Outside the file'),
  'point-outside-bounds': kind(404, 'Outside the file'),
  'unknown-colormap': kind(400, 'Unknown colormap'),
  'unknown-season': kind(404, 'Unknown season'),
  'unknown-year': kind(404, 'Unknown year'),
  'unknown-model': kind(404, 'Unknown model'),
  'unknown-layer': kind(404, 'Unknown layer'),
  'not-found': kind(404, 'Nothing at this address'),
  'method-not-allowed': kind(405, 'Method not allowed'),
  'body-too-large': kind(413, 'The body is too large'),
  'outside-coverage': kind(404, 'Outside the area that is covered'),
  'area-too-large': kind(422, 'The area is too large'),
  'no-scenes': kind(404, 'No scenes'),
  // What others run: 502 where it answered wrongly, 503 where it may answer later.
  'stac-unavailable': kind(503, 'The scene catalogue does not answer', retry(30)),
  'stac-refused': kind(502, 'The scene catalogue refused the search'),
  'stac-malformed': kind(502, 'The scene catalogue answered nonsense'),
  'item-malformed': kind(502, 'A scene is described wrongly'),
  'item-lacks-asset': kind(502, 'A scene lacks a file'),
  'unsupported-crs': kind(502, 'A scene is in an unsupported reference system'),
  'source-missing': kind(502, 'A source file is missing'),
  'source-forbidden': kind(502, 'A source file may not be read'),
  'source-unavailable': kind(503, 'A source does not answer', retry(30)),
  'cog-malformed': kind(502, 'A source file is broken'),
  'cog-unsupported': kind(502, 'A source file is of an unsupported kind'),
  'block-corrupt': kind(502, 'A source file is damaged'),
  'bundle-missing-file': kind(500, 'The model is incomplete'),
  'bundle-malformed': kind(500, 'The model is malformed'),
  'bundle-unknown-feature': kind(500, 'The model needs an unknown feature'),
  'bundle-mismatch': kind(500, 'The parts of the model contradict each other'),
  'model-malformed': kind(500, 'The trained model is malformed'),
  'model-unsupported': kind(500, 'The trained model is of an unsupported kind'),
  'model-mismatch': kind(500, 'The trained model does not fit'),
  'model-too-large': kind(500, 'The trained model is too large'),
  'bundle-lacks-bands': kind(500, 'The scenes lack bands that the model needs'),
  'inference-failed': kind(500, 'The model failed', inside),
  'store-unavailable': kind(503, 'The store does not answer', { ...retry(10), ...inside }),
  'store-full': kind(507, 'The store is full', inside),
  'store-corrupt': kind(500, 'A stored object is damaged', inside),
  'not-computed': kind(503, 'Not computed'),
  'queue-full': kind(503, 'Too much is waiting to be computed', retry(10)),
  'queue-unavailable': kind(503, 'The work queue does not answer', retry(10)),
  'not-ready': kind(503, 'Still being computed', retry(3)),
  'shutting-down': kind(503, 'The server is stopping', retry(10)),
  // Nobody reads this answer; nginx's code for it makes the log plain.
  aborted: kind(499, 'The client went away'),
  'memory-limit': kind(503, 'Not enough memory'),
  deadline: kind(504, 'It took too long'),
  'config-invalid': kind(500, 'The configuration is invalid', inside),
  internal: kind(500, 'Something went wrong here', inside),
};

/** An error of the protocol: no such route, wrong method, too much sent. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly code: 'not-found' | 'method-not-allowed' | 'body-too-large',
    message: string,
    readonly hint: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The body of `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly code: HttpErrorCode;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly hint?: string;
  readonly instance: string;
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The answer to whatever was thrown. @param requestId names the occurrence; the request's log line has it too */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = describe(error, requestId);
  const { retryAfter } = PROBLEMS[problem.code];
  const asked = problem.context?.['retryAfterSeconds'];
  const seconds = typeof asked === 'number' ? Math.max(1, Math.ceil(asked)) : retryAfter;
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(error instanceof HttpError ? error.headers : {}),
      ...(seconds === null ? {} : { 'Retry-After': String(seconds) }),
    },
  });
}

function describe(error: unknown, requestId: string): Problem {
  const head = (code: HttpErrorCode) => ({
    type: `urn:geocrop:problem:${code}`,
    code,
    title: PROBLEMS[code].title,
    status: PROBLEMS[code].status,
    instance: `urn:uuid:${requestId}`,
  });
  if (error instanceof HttpError) {
    return { ...head(error.code), detail: error.message, hint: error.hint };
  }
  const ours = asGeoCropError(error);
  if (!PROBLEMS[ours.code].exposed) {
    return {
      ...head(ours.code),
      detail: `${PROBLEMS[ours.code].title}. The server's log has the reason under this instance.`,
      hint: 'Try again; if it stays, tell who runs this server the instance.',
    };
  }
  return {
    ...head(ours.code),
    detail: ours.message,
    ...(ours.hint === undefined ? {} : { hint: ours.hint }),
    ...(Object.keys(ours.context).length === 0 ? {} : { context: ours.context }),
  };
}
