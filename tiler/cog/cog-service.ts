import { GeoCropError, isGeoCropError } from '../../engine/errors.js';
import type { CogFile, CogFiles } from './address/cog-files.js';
import { missing } from './address/cog-files.js';
import { forbidden } from './address/parse-address.js';
import type { CogAnswer, CogJob } from './jobs/job.js';
import type { CogRunner } from './threads/cog-runner.js';

/** The COG service as the HTTP layer sees it. */
export interface CogService {
  /** The file as it is now; nothing of it is read. @throws url-forbidden, cog-missing, source-…, store-unavailable */
  identify(url: string): Promise<CogFile>;
  /** Does a job on a file; if it was replaced since it was identified, on the new one, once. */
  answer(
    file: CogFile,
    job: CogJob,
    signal: AbortSignal,
  ): Promise<{ readonly answer: CogAnswer; readonly file: CogFile }>;
  close(): Promise<void>;
}

/** Enough to see what a file is not. */
const FIRST_BYTES = 64;

export function cogService(files: CogFiles, runner: CogRunner): CogService {
  const attempt = async (file: CogFile, job: CogJob, signal: AbortSignal): Promise<CogAnswer> => {
    try {
      return await runner.run(file.href, job, signal);
    } catch (error) {
      throw isGeoCropError(error, 'cog-malformed') && (await isXml(files, file, signal))
        ? forbidden(error)
        : error;
    }
  };
  const answer: CogService['answer'] = async (file, job, signal) => {
    try {
      return { answer: await attempt(file, job, signal), file };
    } catch (error) {
      if (!isGeoCropError(error, 'source-unavailable', 'source-missing', 'cog-malformed')) throw error;
      const now = await files.identify(file.url, file.href);
      if (now.href === file.href) throw error;
      return { answer: await attempt(now, job, signal), file: now };
    }
  };
  return {
    identify: async (url) => {
      try {
        return await files.identify(url);
      } catch (error) {
        throw asAsked(error, url);
      }
    },
    answer: async (file, job, signal) => {
      try {
        return await answer(file, job, signal);
      } catch (error) {
        throw asAsked(error, file.url);
      }
    },
    close: () => runner.close(),
  };
}

/** A description of other files (GDAL's VRT and the like) is not followed: they would be read unasked. */
async function isXml(files: CogFiles, { href }: CogFile, signal: AbortSignal): Promise<boolean> {
  const bytes = await files.source.read(href, 0, FIRST_BYTES, signal);
  return new TextDecoder('utf-8').decode(bytes).trimStart().startsWith('<');
}

/** Errors name the file as it was asked for: what it is called inside is nobody's business. */
function asAsked(error: unknown, url: string): unknown {
  if (!(error instanceof GeoCropError)) return error;
  if (error.code === 'source-missing') return missing(error);
  if (!('href' in error.context)) return error;
  return new GeoCropError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    context: { ...error.context, href: url },
    cause: error,
  });
}
