import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFastifyPlugin, createRequestHandler, type Dashboard } from '@dataguardian/dashboard';
import Fastify from 'fastify';

/** A dashboard behind a server. Administrators say so in `x-user`. */
export interface Mounted {
  readonly address: string;
  /** Takes the administrator's right away. */
  demote(): void;
  close(): Promise<void>;
}

/** The ways in which a dashboard can be mounted. */
export const MOUNTS: Readonly<Record<string, (dashboard: Dashboard) => Promise<Mounted>>> = {
  async Fastify(dashboard) {
    let isAllowed = true;
    const app = Fastify({ forceCloseConnections: true });
    await app.register(
      createFastifyPlugin(dashboard, { guard: ({ headers }) => (isAllowed ? nameOf(headers['x-user']) : undefined) }),
    );
    return {
      address: await app.listen({ port: 0, host: '127.0.0.1' }),
      demote() {
        isAllowed = false;
      },
      close: () => app.close(),
    };
  },
  async 'node:http'(dashboard) {
    let isAllowed = true;
    const handle = createRequestHandler(dashboard, {
      guard: ({ headers }) => (isAllowed ? nameOf(headers['x-user']) : undefined),
    });
    return listen(createServer(handle), () => {
      isAllowed = false;
    });
  },
  /** As Express calls it: the body is read already, and what is not the dashboard's goes on. */
  async 'middleware with next'(dashboard) {
    let isAllowed = true;
    const handle = createRequestHandler(dashboard, {
      guard: ({ headers }) => Promise.resolve(isAllowed ? nameOf(headers['x-user']) : undefined),
    });
    const server = createServer((request, response) => {
      handle(request, response, () => {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"from":"host"}');
      });
    });
    return listen(server, () => {
      isAllowed = false;
    });
  },
};

async function listen(server: Server, demote: () => void): Promise<Mounted> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    // A TCP server's address is an object.
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    demote,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function nameOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
