import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresForTest } from '@dataguardian/testing';
import type { AnswerJson } from './answer-json.ts';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import { bringUp } from '../../src/server/bring-up.ts';
import type { AppContext } from '../../src/server/context.ts';
import type { Role } from '../../src/server/principal.ts';
import { wireProduct } from '../../src/server/product.ts';
import { createServer } from '../../src/server/server.ts';
import { createStartup } from '../../src/server/startup.ts';

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: AnswerJson;
}

/** Somebody with a browser: keeps the cookie. */
export interface Visitor {
  readonly email: string;
  readonly userId: string;
  send(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  readonly cookie: string;
}

/** The whole server over a database of its own, with lines of its log. */
export interface AppWorld {
  readonly app: FastifyInstance;
  readonly context: AppContext;
  readonly admin: Visitor;
  readonly logged: readonly string[];
  anybody(): Visitor;
  signIn(email: string, password: string): Promise<Visitor>;
  /** A user of the administrator's organisation, signed in. */
  member(role: Role): Promise<Visitor>;
  /** The administrator of another organisation, signed in. */
  stranger(): Promise<Visitor>;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse battery';

/** How the world differs from the usual. */
export interface AppWorldOptions {
  /** The owner's connection, when the test keeps a server of its own. @defaultValue a database on the shared server */
  readonly databaseUrl?: string;
  /** Settings on top of the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function appWorld(options: AppWorldOptions = {}): Promise<AppWorld> {
  const postgres = options.databaseUrl === undefined ? await postgresForTest() : undefined;
  const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
  const dataDir = mkdtempSync(join(tmpdir(), 'dataguardian-app-'));
  const config = loadConfig({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    DATAGUARDIAN_DATA_DIR: dataDir,
    DATAGUARDIAN_ADMIN_EMAIL: 'admin@first.example',
    DATAGUARDIAN_ADMIN_PASSWORD: PASSWORD,
    ...options.env,
  });
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const product = wireProduct(config, log, databaseUrl);
  const startup = createStartup();
  const app = await createServer(product.context, startup);
  await bringUp(product.context, startup, new AbortController().signal);
  startup.finish();
  await app.ready();

  const visitor = (email: string, userId: string, cookie: string): Visitor => ({
    email,
    userId,
    cookie,
    async send(method, url, body, headers = {}) {
      const request: InjectOptions = {
        method,
        url,
        headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      };
      const answer = await app.inject(request);
      const isJson = (answer.headers['content-type'] ?? '').includes('json') && answer.body !== '';
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        json: isJson ? JSON.parse(answer.body) : undefined,
      };
    },
  });

  const signIn = async (email: string, password: string): Promise<Visitor> => {
    const answer = await visitor(email, '', '').send('POST', '/api/auth/login', { email, password });
    if (answer.status !== 200) throw new Error(`signing in as ${email} failed: ${answer.text}`);
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    return visitor(email, answer.json.id, cookie);
  };

  const admin = await signIn('admin@first.example', PASSWORD);
  let count = 0;
  return {
    app,
    context: product.context,
    admin,
    logged,
    anybody: () => visitor('', '', ''),
    signIn,
    async member(role) {
      const email = `${role}${++count}@first.example`;
      const added = await admin.send('POST', '/api/users', { email, role, password: PASSWORD });
      if (added.status !== 201) throw new Error(added.text);
      return signIn(email, PASSWORD);
    },
    async stranger() {
      const adminEmail = `admin${++count}@second.example`;
      const added = await admin.send('POST', '/api/organisations', {
        name: 'Second',
        adminEmail,
        adminPassword: PASSWORD,
      });
      if (added.status !== 201) throw new Error(added.text);
      return signIn(adminEmail, PASSWORD);
    },
    async close() {
      await app.close();
      await product.close();
      await postgres?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
