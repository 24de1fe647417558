import { readFile } from 'node:fs/promises';
import { GeoCropError, messageOf } from '../../engine/errors.js';
import type { Config } from './settings.js';
import { SETTINGS } from './settings.js';

/** Secrets that may be given as themselves, or as the name of a file that holds them. */
export type SecretName = 'storeS3AccessKey' | 'storeS3SecretKey' | 'cacheRedisUrl' | 'queueRedisUrl';

/**
 * A setting, or what is in the file that `…_FILE` names: editors end a file with a line break. null where neither is set.
 * Throws `config-invalid`.
 */
export async function readSecret(config: Config, name: SecretName): Promise<string | null> {
  const given = config[name];
  const file = config[`${name}File`];
  if (given !== null || file === null) return given;
  const { env } = SETTINGS[`${name}File`];
  const wrong = (why: string, cause?: unknown): GeoCropError =>
    new GeoCropError('config-invalid', `${env} = "${file}": ${why}.`, {
      hint: 'Name a file that holds the secret alone, and that this user may read.',
      context: { file },
      cause,
    });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw wrong(`the file cannot be read (${messageOf(error)})`, error);
  });
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw wrong('the file is empty');
  if (/[\r\n]/.test(secret)) throw wrong('the file has several lines');
  try {
    return SETTINGS[name].parse(secret);
  } catch (error) {
    throw wrong(`of what is in the file: ${messageOf(error)}`);
  }
}
