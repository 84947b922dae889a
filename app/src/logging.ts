import { pino, type Logger } from 'pino';
import type { LogLevel } from './config.ts';

/** Paths that may hold secrets or what people sent; removed wherever they appear. */
const REDACTED = [
  'password',
  '*.password',
  'token',
  '*.token',
  'secret',
  '*.secret',
  'authorization',
  '*.authorization',
  'cookie',
  '*.cookie',
  '*.connectionString',
  'connectionString',
];

/** One JSON object a line on standard error; no query strings, bodies, cookies or found values. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      redact: { paths: REDACTED, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
