/** Structured logging: one JSON object a line, or one readable line for people. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['json', 'text'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** `event` is a short stable name; all else is in the fields. */
export type Log = Readonly<Record<Exclude<LogLevel, 'silent'>, (event: string, fields?: LogFields) => void>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function createLog({ level, format, write, now }: LogOptions): Log {
  const line = format === 'json' ? jsonLine : textLine;
  const at = (own: Exclude<LogLevel, 'silent'>) => {
    const heard = LOG_LEVELS.indexOf(own) >= LOG_LEVELS.indexOf(level);
    return (event: string, fields: LogFields = {}): void => {
      if (heard) write(line(new Date(now()).toISOString(), own, event, fields));
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export const silentLog: Log = createLog({ level: 'silent', format: 'json', write: () => {}, now: () => 0 });

function jsonLine(time: string, level: string, event: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, event, ...fields })}\n`;
}

function textLine(time: string, level: string, event: string, fields: LogFields): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value)}`,
    );
  return `${[time.slice(11, 23), level.padEnd(5), event, ...rest].join(' ')}\n`;
}
