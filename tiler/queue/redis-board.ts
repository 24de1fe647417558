import type { Redis } from 'ioredis';
import { messageOf } from '../../engine/errors.js';
import { quietWarn, type Warn } from './quiet-warn.js';
import { openRedisLink, type RedisLink } from './redis-link.js';
import type { SharedBoard } from './shared-board.js';

export interface RedisBoardOptions {
  /** `redis://[:password@]host[:port][/database]`. */
  readonly url: string;
  /** Of all keys and channels; default `geocrop`. */
  readonly prefix?: string;
  readonly warn: Warn;
  readonly now?: () => number;
}

/** Announcements that Redis has not taken yet: more are dropped. */
const ANNOUNCEMENTS_UNDER_WAY = 256;
/** UTF-16 units: an announcement is a message, not a result. */
const LONGEST_ANNOUNCEMENT = 64 * 1024;

/**
 * Wanted parts are one hash for each key, of `{since}:{until}` in milliseconds of Redis's own clock: the clocks of the replicas
 * differ. What has expired is dropped whenever somebody looks, and the hash goes with the last of its parts.
 */
const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live, flat = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do
  local since, to = string.match(flat[i + 1], '^(%d+):(%d+)$')
  if tonumber(to) > now then live[flat[i]] = { since, to }
  else redis.call('HDEL', KEYS[1], flat[i]) end
end`;
const WANT = `${CLOCK}
local part, to = ARGV[1], now + tonumber(ARGV[2])
local since = string.format('%.0f', now)
if live[part] then
  since = live[part][1]
  to = math.max(to, tonumber(live[part][2]))
end
redis.call('HSET', KEYS[1], part, since .. ':' .. string.format('%.0f', to))
if redis.call('PTTL', KEYS[1]) < to - now then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', to)) end`;
const WANTED = `${CLOCK}
local out = {}
for part, times in pairs(live) do
  out[#out + 1] = part
  out[#out + 1] = times[1]
end
return out`;
const POST = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])`;

/** Opens at once, also where Redis is away: it is used as soon as it is there. */
export function openRedisBoard(options: RedisBoardOptions): SharedBoard {
  const warn = quietWarn(options.warn, options.now);
  return new RedisBoard(
    options.prefix ?? 'geocrop',
    warn,
    openRedisLink(options.url, warn),
    openRedisLink(options.url, warn),
  );
}

class RedisBoard implements SharedBoard {
  private readonly listeners = new Map<string, Set<(text: string) => void>>();
  private announcing = 0;

  constructor(
    private readonly prefix: string,
    private readonly warn: Warn,
    private readonly commands: RedisLink,
    private readonly hearing: RedisLink,
  ) {
    // Before anybody listens: what is posted between a call of onPost and its subscription would be missed.
    this.listeners.set(this.posts, new Set());
    hearing.client.on('ready', () => this.hear([...this.listeners.keys()]));
    hearing.client.on('message', (channel: string, text: string) => this.tell(channel, text));
  }

  async want(key: string, part: string, ttlMs: number): Promise<void> {
    await this.commands.ask((redis) => redis.eval(WANT, 1, this.wants(key), part, ttlMs));
  }

  async wanted(key: string): Promise<readonly { part: string; sinceMs: number }[]> {
    const flat = (await this.commands.ask((redis) => redis.eval(WANTED, 1, this.wants(key)))) as string[];
    const parts: { part: string; sinceMs: number }[] = [];
    for (let i = 0; i < flat.length; i += 2) {
      parts.push({ part: flat[i] as string, sinceMs: Number(flat[i + 1]) });
    }
    return parts.sort((a, b) => a.sinceMs - b.sinceMs || (a.part < b.part ? -1 : 1));
  }

  async settle(key: string, part: string): Promise<void> {
    await this.commands.ask((redis) => redis.hdel(this.wants(key), part));
  }

  async post(name: string, bytes: Uint8Array, ttlMs: number): Promise<void> {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await this.commands.ask((redis) =>
      redis.eval(POST, 1, this.result(name), value, ttlMs, this.posts, name),
    );
  }

  async fetch(name: string): Promise<Uint8Array | undefined> {
    return (await this.commands.ask((redis) => redis.getBuffer(this.result(name)))) ?? undefined;
  }

  onPost(listener: (name: string) => void): () => void {
    return this.listen(this.posts, listener);
  }

  announce(topic: string, text: string): void {
    if (this.commands.client.status !== 'ready') return;
    if (this.announcing >= ANNOUNCEMENTS_UNDER_WAY || text.length > LONGEST_ANNOUNCEMENT) {
      this.warn('an announcement to the other processes was dropped', { topic, length: text.length });
      return;
    }
    this.announcing += 1;
    this.commands
      .ask((redis) => redis.publish(this.topic(topic), text))
      .catch(() => undefined)
      .finally(() => (this.announcing -= 1));
  }

  onAnnounce(topic: string, listener: (text: string) => void): () => void {
    return this.listen(this.topic(topic), listener);
  }

  get up(): boolean {
    return this.commands.up;
  }

  async close(): Promise<void> {
    this.commands.close();
    this.hearing.close();
  }

  private listen(channel: string, listener: (text: string) => void): () => void {
    let all = this.listeners.get(channel);
    if (all === undefined) {
      this.listeners.set(channel, (all = new Set()));
      this.hear([channel]);
    }
    // Each call is a subscription of its own, also of a listener that is there already.
    const own = (text: string): void => listener(text);
    all.add(own);
    return () => {
      all.delete(own);
      if (all.size > 0 || channel === this.posts || this.listeners.get(channel) !== all) return;
      this.listeners.delete(channel);
      this.hearing.ask((redis: Redis) => redis.unsubscribe(channel)).catch(() => undefined);
    };
  }

  /** Where there is no connection, all are subscribed to when it is back. */
  private hear(channels: readonly string[]): void {
    const { client } = this.hearing;
    if (client.status !== 'ready') return;
    this.hearing
      .ask((redis) => redis.subscribe(...channels))
      .catch(() => client.status === 'ready' && client.disconnect(true));
  }

  private tell(channel: string, text: string): void {
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener(text);
      } catch (error) {
        this.warn('a listener of the shared board failed', { channel, error: messageOf(error) });
      }
    }
  }

  private wants(key: string): string {
    return `${this.prefix}:want:${key}`;
  }

  private result(name: string): string {
    return `${this.prefix}:result:${name}`;
  }

  private topic(topic: string): string {
    return `${this.prefix}:say:${topic}`;
  }

  private get posts(): string {
    return `${this.prefix}:posts`;
  }
}
