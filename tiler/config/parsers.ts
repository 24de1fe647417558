import type { SeasonDefinition } from '../../engine/season.js';
import { seasonWindow } from '../../engine/season.js';
import { messageOf } from '../../engine/errors.js';

/** Text as it was given to a value; throws an Error whose message says what is expected. */
export type Parser<T> = (text: string) => T;

const expected = (what: string): Error => new Error(`expected ${what}`);

export const text: Parser<string> = (given) => {
  if (given.trim() === '') throw expected('a text that is not empty');
  return given;
};

/** A whole number in a range, both ends included. */
export function whole(min: number, max: number): Parser<number> {
  return (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw expected(`a whole number from ${min} to ${max}`);
  };
}

export function decimal(min: number, max: number): Parser<number> {
  return (given) => {
    const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw expected(`a number from ${min} to ${max}`);
  };
}

export function oneOf<const T extends string>(...names: readonly T[]): Parser<T> {
  return (given) => {
    const found = names.find((name) => name === given);
    if (found !== undefined) return found;
    throw expected(`one of ${names.join(', ')}`);
  };
}

/** http:// or https://, without a slash at the end. */
export const httpUrl: Parser<string> = (given) => {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return given.replace(/\/+$/, '');
  throw expected('an address that begins with http:// or https://');
};

/** http:// or https:// address of raster tiles, with `{z}`, `{x}` and `{y}` in it. */
export const tileTemplate: Parser<string> = (given) => {
  if (/^https?:\/\//.test(given) && ['{z}', '{x}', '{y}'].every((part) => given.includes(part))) return given;
  throw expected('an address that begins with http:// or https:// and holds {z}, {x} and {y}');
};

/** http:// or https://, a host and perhaps a port, and nothing else: no name, no password, no path. */
export const httpOrigin: Parser<string> = (given) => {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (isHttp && url.username + url.password + url.search + url.hash === '' && url.pathname === '/') {
    return url.origin;
  }
  throw expected('http://host or https://host, perhaps with :port, and nothing else');
};

/** `redis://` or `rediss://`, with a host, and a database's number or nothing as its path. The password is never said back. */
export const redisUrl: Parser<string> = (given) => {
  const url = URL.canParse(given) ? new URL(given) : null;
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (isRedis && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname) && url.search + url.hash === '') {
    return given;
  }
  throw expected('redis://host:port/database or rediss://…, perhaps with user:password@ before the host');
};

export const yesOrNo: Parser<boolean> = (given) => {
  if (given === 'yes' || given === 'true' || given === '1') return true;
  if (given === 'no' || given === 'false' || given === '0') return false;
  throw expected('yes or no');
};

/** The longest name, `geocrop-baselines`, and its prefix have 63 characters at most. */
export const bucketPrefix: Parser<string> = (given) => {
  if (/^[a-z0-9][a-z0-9-]{0,44}$/.test(given)) return given;
  throw expected('small letters, digits and hyphens, at most 45, none of them a hyphen in front');
};

/** Hosts with commas between, spelled as addresses have them; `none`: no host. */
export const hostNames: Parser<readonly string[]> = (given) => {
  if (given.trim() === 'none') return [];
  return given.split(',').map((part) => {
    const name = part.trim();
    if (name !== '' && URL.canParse(`http://${name}/`) && new URL(`http://${name}/`).hostname === name)
      return name;
    throw expected('names of hosts in small letters, without ports, with commas between');
  });
};

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** `512MiB`, `20GB`, or plain bytes. */
export const bytes: Parser<number> = (given) => {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(given.trim());
  const unit = BYTE_UNITS[(match?.[2] ?? '').toUpperCase()];
  if (match !== null && unit !== undefined) return Math.round(Number(match[1]) * unit);
  throw expected('a size such as 512MiB or 20GB');
};

/** {@link bytes}; `0` or `none`: Infinity, no limit. */
export const quota: Parser<number> = (given) => {
  const value = given.trim() === 'none' ? 0 : bytes(given);
  return value === 0 ? Infinity : value;
};

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `500ms`, `30s`, `2m`, `7d`; in milliseconds. */
export const duration: Parser<number> = (given) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(given.trim());
  const unit = TIME_UNITS[match?.[2] ?? ''];
  if (match !== null && unit !== undefined && Number(match[1]) > 0)
    return Math.round(Number(match[1]) * unit);
  throw expected('a time such as 500ms, 30s or 2m');
};

/** `summer=09-01..05-31,winter=05-01..10-31`: first and last month and day; the first named is the default. */
export const seasons: Parser<readonly SeasonDefinition[]> = (given) => {
  const found = given.split(',').map((part) => {
    const match = /^\s*([^=\s]+)=(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)\s*$/.exec(part);
    if (match === null) throw expected('name=MM-DD..MM-DD, with commas between seasons');
    const [, name = '', ...days] = match;
    const [startMonth = 0, startDay = 0, endMonth = 0, endDay = 0] = days.map(Number);
    const season = { name, startMonth, startDay, endMonth, endDay };
    try {
      // A leap year has every day.
      seasonWindow(season, 2020);
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    }
    return season;
  });
  const names = found.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`the season ${twice} is defined twice`);
  return found;
};

export type CoverageSetting =
  | { readonly kind: 'auto' }
  | { readonly kind: 'zimbabwe' }
  | { readonly kind: 'items' }
  | { readonly kind: 'file'; readonly path: string };

/** `auto`, `zimbabwe`, `items`, or the path of a GeoJSON file. */
export const coverage: Parser<CoverageSetting> = (given) => {
  if (given === 'auto' || given === 'zimbabwe' || given === 'items') return { kind: given };
  if (/\.(geo)?json$/i.test(given)) return { kind: 'file', path: given };
  throw expected('auto, zimbabwe, items, or a file that ends in .geojson or .json');
};
