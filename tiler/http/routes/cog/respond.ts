import { RENDER_EPOCH_OF_COGS } from '../../../cog/render-epoch.js';
import { Asked } from '../../../cog/ask/asked.js';
import type { CogFile } from '../../../cog/address/cog-files.js';
import type { CogService } from '../../../cog/cog-service.js';
import type { CogAnswer, CogJob, ImageAnswer } from '../../../cog/jobs/job.js';
import { GeoCropError } from '../../../../engine/errors.js';
import { SHORT } from '../../caching.js';
import type { AppContext } from '../../deps.js';
import { entityTag, matchesIfNoneMatch } from '../../etag.js';

export function askedOf(c: AppContext): Asked {
  return new Asked(new URL(c.req.url).searchParams);
}

/** @throws bad-request where there is none */
export function askedUrl(asked: Asked): string {
  const url = asked.last('url');
  if (url !== undefined && url !== '') return url;
  throw new GeoCropError('bad-request', 'The parameter url is missing.', {
    hint: 'Say which file: ?url=s3://bucket/key, percent-encoded.',
    context: { parameter: 'url' },
  });
}

/** Over all that decides the answer: the file as it is now, what is made of it, and what else is in the answer. */
export function cogTag({ href }: CogFile, job: CogJob, more: Readonly<Record<string, unknown>> = {}): string {
  return entityTag({ cog: href, job: numbersShown(job), ...more, cogs: RENDER_EPOCH_OF_COGS });
}

/** JSON has one null for NaN and both infinities, which nodata tells apart. */
function numbersShown(job: CogJob): unknown {
  return JSON.parse(
    JSON.stringify(job, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  ) as unknown;
}

export function baseHeaders(etag: string, { lastModified }: CogFile): Record<string, string> {
  return {
    ETag: etag,
    'Cache-Control': SHORT,
    ...(lastModified === null ? {} : { 'Last-Modified': lastModified.toUTCString() }),
  };
}

export interface Question {
  readonly url: string;
  readonly job: CogJob;
  /** What is in the answer beside file and job. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Default: pictures as they are, values as JSON. */
  readonly made?: (answer: CogAnswer) => MadeAnswer;
}

export interface MadeAnswer {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers a question about a file: 304 before anything of it is read, else what the job gives. */
export async function respond(c: AppContext, cog: CogService, question: Question): Promise<Response> {
  const { url, job, more, made = answered } = question;
  Object.assign(c.get('wide'), { cog: url, job: job.kind });
  const identified = await cog.identify(url);
  const etag = cogTag(identified, job, more);
  if (matchesIfNoneMatch(c.req.header('If-None-Match'), etag)) {
    return new Response(null, { status: 304, headers: baseHeaders(etag, identified) });
  }
  const { answer, file } = await cog.answer(identified, job, c.get('signal'));
  const { body, headers } = made(answer);
  return new Response(body, {
    headers: {
      ...baseHeaders(cogTag(file, job, more), file),
      'Content-Length': String(Buffer.byteLength(body)),
      ...headers,
    },
  });
}

function answered(answer: CogAnswer): MadeAnswer {
  if (answer.kind === 'image') return { body: answer.body, headers: imageHeaders(answer) };
  return { body: JSON.stringify(answer.value), headers: { 'Content-Type': 'application/json' } };
}

/** TiTiler's: where a picture lies. */
export function imageHeaders({
  contentType,
  bounds,
  crs,
}: Omit<ImageAnswer, 'body' | 'kind'>): Record<string, string> {
  return {
    'Content-Type': contentType,
    ...(bounds === null ? {} : { 'Content-Bbox': bounds.join(',') }),
    ...(crs === null ? {} : { 'Content-Crs': `<${crs}>` }),
  };
}
