import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createDatabase, createPerformance } from '@dataguardian/performance';
import { systemClock } from '@dataguardian/telemetry';
import { createFaultProxy, type FaultProxy, postgresForTest, until } from '@dataguardian/testing';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import { registerFindingRoutes } from '../../src/features/findings/routes.ts';
import { registerOverviewRoutes } from '../../src/features/overview/routes.ts';
import { registerReportRoutes } from '../../src/features/reports/routes.ts';
import { registerSettingsRoutes } from '../../src/features/retention/routes.ts';
import { registerScanRoutes } from '../../src/features/scans/routes.ts';
import type { AnswerJson } from './answer-json.ts';
import type { Scan } from '../../src/features/scans/scan.ts';
import { type UploadLimits, DEFAULT_UPLOAD_LIMITS, registerUploadRoutes } from '../../src/features/uploads/routes.ts';
import { migrate } from '../../src/migrations/runner.ts';
import { installAccessControl } from '../../src/server/access-control.ts';
import type { AppContext } from '../../src/server/context.ts';
import { OPERATOR, type Role } from '../../src/server/principal.ts';
import { installProblemReplies } from '../../src/server/problem-replies.ts';
import type { WorkerOptions } from '../../src/worker/options.ts';
import { type Worker, startWorker } from '../../src/worker/worker.ts';

/** A person of the world. */
export interface Person {
  readonly userId: string;
  readonly organisationId: string;
  readonly role: Role;
}

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: AnswerJson;
}

/** A database with two organisations, the scan routes over it, and workers on demand. */
export interface ScanWorld {
  readonly context: AppContext;
  readonly app: FastifyInstance;
  readonly dataDir: string;
  /** Present in a world that asked for it. */
  readonly proxy: FaultProxy | undefined;
  /** Lines that were logged. */
  readonly logged: string[];
  readonly admin: Person;
  readonly manager: Person;
  readonly analyst: Person;
  readonly otherAnalyst: Person;
  readonly auditor: Person;
  readonly stranger: Person;
  call(person: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  upload(person: Person, files: Readonly<Record<string, string | Buffer>>): Promise<Answer>;
  worker(options?: WorkerOptions): Promise<Worker>;
  stopWorkers(): Promise<void>;
  /** Writes files into a new folder outside the data folder. */
  folder(files: Readonly<Record<string, string>>): Promise<string>;
  ended(person: Person, id: string): Promise<Scan>;
  close(): Promise<void>;
}

const SECRET = 'a secret of the tests, long enough to be one';

/** How a world differs. */
export interface WorldOptions {
  readonly uploadLimits?: UploadLimits;
  /** Reaches the database through a proxy that can cut it off. */
  readonly isProxied?: boolean;
}

async function proxyTo(url: string): Promise<{ readonly proxy: FaultProxy; readonly url: string }> {
  const target = new URL(url);
  const folder = target.searchParams.get('host');
  const proxy = await createFaultProxy(
    folder === null ? { port: Number(target.port) } : { path: join(folder, '.s.PGSQL.5432') },
  );
  const user = target.username || target.searchParams.get('user') || 'postgres';
  return { proxy, url: `postgresql://${user}@127.0.0.1:${proxy.port}${target.pathname}` };
}

/** Makes the world; close it. */
export async function scanWorld(options: WorldOptions = {}): Promise<ScanWorld> {
  const postgres = await postgresForTest();
  await migrate(postgres.url);
  const proxied = options.isProxied === true ? await proxyTo(postgres.url) : undefined;
  const url = proxied?.url ?? postgres.url;
  const dataDir = await mkdtemp(join(tmpdir(), 'dataguardian-scans-'));
  const folders: string[] = [];
  const performance = createPerformance({
    database: { connectionString: url, role: 'dataguardian_app', minConnections: 0, maxConnections: 8 },
  });
  const ownerDatabase = createDatabase({ connectionString: url, minConnections: 0, maxConnections: 4 });
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const context: AppContext = {
    config: {
      port: 0,
      host: '127.0.0.1',
      databaseUrl: url,
      redisUrl: undefined,
      dataDir,
      adminEmail: 'admin@example.org',
      adminPassword: undefined,
      secret: SECRET,
      logLevel: 'debug',
      expectedUsers: 50,
      budgets: loadConfig({}).budgets,
      model: undefined,
    },
    log,
    clock: systemClock,
    secret: SECRET,
    performance,
    database: performance.database,
    cache: performance.cache,
    sessions: performance.sessions,
    ownerConnectionString: url,
    ownerDatabase,
    admissionStatistics: () => undefined,
    isShortOfMemory: () => false,
    queueHealth: () => ({ status: 'up', detail: '' }),
  };

  const addOrganisation = async (name: string): Promise<string> => {
    const id = randomUUID();
    await ownerDatabase.query('insert into organisations (id, name) values ($1, $2)', [id, name]);
    return id;
  };
  const addPerson = async (organisationId: string, role: Role): Promise<Person> => {
    const userId = randomUUID();
    await ownerDatabase.query(
      'insert into users (id, organisation_id, email, password_hash, role) values ($1, $2, $3, $4, $5)',
      [userId, organisationId, `${role}-${userId.slice(0, 8)}@example.org`, 'none', role],
    );
    return { userId, organisationId, role };
  };
  const ours = await addOrganisation('Voorbeeld Zorg');
  const theirs = await addOrganisation('Other');

  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({ loggerInstance, forceCloseConnections: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // Stands where sessions are in the product; who is signed in is not what these tests are about.
  app.decorateRequest('session');
  app.addHook('onRequest', (request, _reply, done) => {
    const header = request.headers['x-person'];
    if (typeof header === 'string') {
      const { userId, organisationId, role } = JSON.parse(header) as Person;
      Object.assign(request, {
        session: {
          userId,
          organisationId,
          roles: organisationId === ours ? [role, OPERATOR] : [role],
          handle: 'test',
          isFresh: () => true,
        },
      });
    }
    done();
  });
  installAccessControl(app);
  installProblemReplies(app);
  registerScanRoutes(app, context);
  registerFindingRoutes(app, context);
  registerUploadRoutes(app, context, options.uploadLimits ?? DEFAULT_UPLOAD_LIMITS);
  registerReportRoutes(app, context);
  registerOverviewRoutes(app, context);
  registerSettingsRoutes(app, context);
  await app.ready();

  const workers: Worker[] = [];
  const toAnswer = (response: { statusCode: number; headers: Record<string, unknown>; body: string }): Answer => ({
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    json: /json/.test(String(response.headers['content-type'])) ? JSON.parse(response.body || 'null') : undefined,
  });
  const world: ScanWorld = {
    context,
    app,
    dataDir,
    proxy: proxied?.proxy,
    logged,
    admin: await addPerson(ours, 'admin'),
    manager: await addPerson(ours, 'manager'),
    analyst: await addPerson(ours, 'analyst'),
    otherAnalyst: await addPerson(ours, 'analyst'),
    auditor: await addPerson(ours, 'auditor'),
    stranger: await addPerson(theirs, 'admin'),
    async call(person, method, path, body) {
      const response = await app.inject({
        method,
        url: path,
        headers: { 'x-person': JSON.stringify(person) },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      return toAnswer(response);
    },
    async upload(person, files) {
      const form = new FormData();
      for (const [path, content] of Object.entries(files))
        form.append('files', new Blob([Uint8Array.from(Buffer.from(content))]), path);
      const encoded = new Response(form);
      const response = await app.inject({
        method: 'POST',
        url: '/api/uploads',
        headers: { 'x-person': JSON.stringify(person), 'content-type': encoded.headers.get('content-type') ?? '' },
        payload: Buffer.from(await encoded.arrayBuffer()),
      });
      return toAnswer(response);
    },
    async worker(workerOptions = {}) {
      const worker = await startWorker(context, { threads: 1, pollMs: 200, heartbeatMs: 300, ...workerOptions });
      workers.push(worker);
      return worker;
    },
    async stopWorkers() {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
    async folder(files) {
      const root = await mkdtemp(join(tmpdir(), 'dataguardian-tree-'));
      folders.push(root);
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), text);
      }
      return root;
    },
    ended: (person, id) =>
      until(
        async () => {
          const { json } = await world.call(person, 'GET', `/api/scans/${id}`);
          return ['completed', 'failed', 'cancelled'].includes(json.status) ? (json as AnswerJson & Scan) : undefined;
        },
        { what: `the end of scan ${id}`, timeoutMs: 60_000, intervalMs: 100 },
      ),
    async close() {
      await world.stopWorkers();
      await app.close();
      await performance.close();
      await ownerDatabase.close();
      await proxied?.proxy.close();
      await postgres.close();
      for (const folder of [dataDir, ...folders]) await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}
