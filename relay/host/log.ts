/**
 * Structured logs. A line says what happened to the relay, never to whom: no address, no topic, no id, no key, and no
 * message of a client. The interface leaves no room for an object of unknown content.
 */
import { pino } from 'pino';

/** Plain figures and words chosen by the relay. */
export type Details = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  debug(event: string, details?: Details): void;
  info(event: string, details?: Details): void;
  warn(event: string, details?: Details): void;
  error(event: string, details?: Details): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Lines of JSON on standard error, so that standard output stays with the person who started the server. */
export function createLog(level: LogLevel): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (event, details) => {
      logger.debug(details ?? {}, event);
    },
    info: (event, details) => {
      logger.info(details ?? {}, event);
    },
    warn: (event, details) => {
      logger.warn(details ?? {}, event);
    },
    error: (event, details) => {
      logger.error(details ?? {}, event);
    },
  };
}

/** What may be said of an error: its name and code, and where in our code it arose; not its message. */
export function describeError(error: unknown): Details {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return {
    error: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof errcode === 'number' ? { errcode } : {}),
    at:
      /\(?([^\s(]*\.[mc]?[tj]s:\d+)/
        .exec(error.stack?.split('\n')[1] ?? '')?.[1]
        ?.replace(/^.*\/(?=relay\/|src\/)/, '') ?? '',
  };
}
