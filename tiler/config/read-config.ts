import { GeoCropError, messageOf } from '../../engine/errors.js';
import { closest } from './closest.js';
import type { Config, Setting, SettingName } from './settings.js';
import { SETTINGS } from './settings.js';

/** Settings as flags of a command give them; a flag goes before the environment. */
export type Flags = Readonly<Partial<Record<SettingName, string | undefined>>>;

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'GEOCROP_';
/** Of our tests and scripts, which may run us. */
const NOT_OURS = ['GEOCROP_PYTHON', 'GEOCROP_MINIO'];

/**
 * The frozen configuration. Everything that is wrong is found before anything is said: throws `config-invalid` with one
 * line a problem. An empty variable counts as unset. Variables that begin with GEOCROP_ and that nobody knows are problems.
 */
export function readConfig(environment: Environment, flags: Flags = {}): Config {
  const problems: string[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  const entries = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];
  for (const [name, setting] of entries) {
    const flag = flags[name];
    const given = flag ?? nonEmpty(environment[setting.env]) ?? nonEmpty(environment[setting.alias ?? '']);
    const shown = setting.secret === true ? '(hidden)' : `"${withoutPassword(given ?? '')}"`;
    const label = flag === undefined ? setting.env : `--${kebab(name)}`;
    try {
      const text = given ?? setting.fallback;
      values[name] = text === null ? null : setting.parse(text);
    } catch (error) {
      problems.push(`${label} = ${shown}: ${messageOf(error)}.`);
    }
  }
  problems.push(...unknownVariables(environment));
  if (values.compute === 'key' && values.computeKey === null) {
    problems.push('GEOCROP_COMPUTE = "key" needs GEOCROP_COMPUTE_KEY.');
  }
  problems.push(...s3Problems(values as Config));
  for (const name of ['cacheRedisUrl', 'queueRedisUrl'] as const) {
    if (values[name] !== null && values[`${name}File`] !== null) problems.push(bothSet(SETTINGS[name].env));
  }
  problems.push(...roleProblems(values as Config));
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    throw new GeoCropError(
      'config-invalid',
      `The configuration has ${count}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      { hint: 'docs/configuration.md lists every setting.', context: { problems: problems.length } },
    );
  }
  return Object.freeze(values) as Config;
}

/** The name of a setting as a flag: `storeDir` is `--store`. */
export function kebab(name: SettingName): string {
  const known: Partial<Record<SettingName, string>> = {
    storeDir: 'store',
    modelsDir: 'models',
    waitSeconds: 'wait',
  };
  return known[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unknownVariables(environment: Environment): string[] {
  const known = Object.values(SETTINGS).map((setting): string => setting.env);
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !NOT_OURS.includes(name))
    .sort()
    .map((name) => {
      const meant = closest(name, known);
      return `${name} is no setting${meant === null ? '' : `; did you mean ${meant}?`}${meant === null ? '.' : ''}`;
    });
}

/** An address may have been given with a name and a password in it. */
const withoutPassword = (given: string): string => given.replace(/\/\/[^/@]*@/, '//(hidden)@');

/** An S3 store needs both keys, each as itself or as a file. */
function s3Problems(config: Config): string[] {
  const { storeS3Endpoint: endpoint } = config;
  return (['AccessKey', 'SecretKey'] as const).flatMap((key) => {
    const { env } = SETTINGS[`storeS3${key}`];
    const given = [config[`storeS3${key}`], config[`storeS3${key}File`]].filter((value) => value !== null);
    if (given.length > 1) return [bothSet(env)];
    if (endpoint !== null && given.length === 0) {
      return [`GEOCROP_STORE_S3_ENDPOINT needs ${env} or ${env}_FILE.`];
    }
    return [];
  });
}

const bothSet = (env: string): string => `${env} and ${env}_FILE are both set: one of them is enough.`;

/** Who computes nothing, or is never asked, needs others to share work with. */
function roleProblems({ role, queueRedisUrl, queueRedisUrlFile }: Config): string[] {
  if (role === 'all' || queueRedisUrl !== null || queueRedisUrlFile !== null) return [];
  return [
    `${SETTINGS.role.env} = "${role}" needs ${SETTINGS.queueRedisUrl.env}: the queue that it shares with others.`,
  ];
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
