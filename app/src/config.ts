import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

/** Everything an operator can set, checked. docs/options.md explains each. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Absent: memory only. */
  readonly redisUrl: string | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  readonly adminEmail: string;
  /** Absent: generated on the first run. */
  readonly adminPassword: string | undefined;
  /** Absent: generated into the data folder. */
  readonly secret: string | undefined;
  readonly logLevel: LogLevel;
  /** People who work at the same time: limits and memory are sized for them. */
  readonly expectedUsers: number;
  readonly budgets: Budgets;
  /** Absent: recommendations keep their own words. */
  readonly model: LanguageModel | undefined;
}

/** What one person and one organisation may take of the machine; absent ones are sized for the machine, or do not bound. */
export interface Budgets {
  /** Requests that run at once. */
  readonly userRequests: number | undefined;
  readonly organisationRequests: number | undefined;
  /** Time of the server's event loop, in milliseconds per minute. */
  readonly userCpuMsPerMinute: number | undefined;
  readonly organisationCpuMsPerMinute: number | undefined;
  /** Bytes sent and received, per minute. */
  readonly userBytesPerMinute: number | undefined;
  readonly organisationBytesPerMinute: number | undefined;
  /** Parts of scans at work at once, over all workers. */
  readonly userScanParts: number | undefined;
  readonly organisationScanParts: number | undefined;
}

/** An endpoint that speaks the chat-completions protocol. */
export interface LanguageModel {
  readonly url: string;
  readonly model: string;
  readonly key: string | undefined;
  /** Whether it is sent the functions that recommendations name, to suggest patches for them. */
  readonly suggestsPatches: boolean;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings that cannot be used; the message lists every problem with what to do. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const DEFAULT_USERS = 1_000;
const SHORTEST_SECRET = 32;
const SHORTEST_PASSWORD = 12;

/** The environment with `.env` of `folder` below it: what the environment sets wins. */
export function readEnvironment(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const file = join(folder, '.env');
  return existsSync(file) ? { ...parseEnv(readFileSync(file, 'utf8')), ...env } : env;
}

/**
 * Reads every setting; the only reader of the environment.
 * @throws ConfigError listing every problem.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const text = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const url = (name: string, protocols: readonly string[], example: string): string | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    // The value may hold a password and is not repeated.
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      problems.push(`${name} must look like ${example}.`);
    return value;
  };

  /** A whole number from 1. */
  const whole = (name: string): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1)
      problems.push(`${name} must be a whole number from 1, not "${value}".`);
    return number;
  };

  const portText = text('PORT') ?? '3000';
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`PORT must be a whole number from 0 to 65535, not "${portText}". Leave it out for 3000.`);
  const logText = text('LOG_LEVEL') ?? 'info';
  const logLevel = LOG_LEVELS.find((level) => level === logText);
  if (logLevel === undefined) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${logText}".`);
  const expectedUsers = whole('DATAGUARDIAN_EXPECTED_USERS') ?? DEFAULT_USERS;
  const budgets: Budgets = {
    userRequests: whole('DATAGUARDIAN_USER_REQUESTS'),
    organisationRequests: whole('DATAGUARDIAN_ORGANISATION_REQUESTS'),
    userCpuMsPerMinute: whole('DATAGUARDIAN_USER_CPU_MS_PER_MINUTE'),
    organisationCpuMsPerMinute: whole('DATAGUARDIAN_ORGANISATION_CPU_MS_PER_MINUTE'),
    userBytesPerMinute: whole('DATAGUARDIAN_USER_BYTES_PER_MINUTE'),
    organisationBytesPerMinute: whole('DATAGUARDIAN_ORGANISATION_BYTES_PER_MINUTE'),
    userScanParts: whole('DATAGUARDIAN_USER_SCAN_PARTS'),
    organisationScanParts: whole('DATAGUARDIAN_ORGANISATION_SCAN_PARTS'),
  };
  const secret = text('DATAGUARDIAN_SECRET');
  if (secret !== undefined && secret.length < SHORTEST_SECRET)
    problems.push(
      `DATAGUARDIAN_SECRET must have at least ${SHORTEST_SECRET} characters. Leave it out to have one generated, or use: openssl rand -base64 48`,
    );
  const adminEmail = (text('DATAGUARDIAN_ADMIN_EMAIL') ?? 'admin@dataguardian.local').toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(adminEmail))
    problems.push(`DATAGUARDIAN_ADMIN_EMAIL must be an e-mail address, not "${adminEmail}".`);
  const adminPassword = text('DATAGUARDIAN_ADMIN_PASSWORD');
  if (adminPassword !== undefined && adminPassword.length < SHORTEST_PASSWORD)
    problems.push(
      `DATAGUARDIAN_ADMIN_PASSWORD must have at least ${SHORTEST_PASSWORD} characters. Leave it out to have one generated.`,
    );
  const modelUrl = url('DATAGUARDIAN_MODEL_URL', ['http:', 'https:'], 'http://127.0.0.1:11434/v1');
  const modelName = text('DATAGUARDIAN_MODEL');
  if ((modelUrl === undefined) !== (modelName === undefined))
    problems.push('DATAGUARDIAN_MODEL_URL and DATAGUARDIAN_MODEL must be set together, or neither.');
  const patches = text('DATAGUARDIAN_MODEL_PATCHES') ?? 'off';
  if (patches !== 'on' && patches !== 'off') problems.push('DATAGUARDIAN_MODEL_PATCHES must be on or off.');
  const config: Config = {
    port,
    host: text('HOST') ?? '127.0.0.1',
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/database'),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:'], 'redis://host:6379'),
    dataDir: resolve(text('DATAGUARDIAN_DATA_DIR') ?? './data'),
    adminEmail,
    adminPassword,
    secret,
    logLevel: logLevel ?? 'info',
    expectedUsers,
    budgets: Object.freeze(budgets),
    model:
      modelUrl === undefined || modelName === undefined
        ? undefined
        : { url: modelUrl, model: modelName, key: text('DATAGUARDIAN_MODEL_KEY'), suggestsPatches: patches === 'on' },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}
