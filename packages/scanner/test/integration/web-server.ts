import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path answers: a page, or a handler for anything else. */
export type Route = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A site on loopback. */
export interface TestSite {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Serves `routes` on a free port; everything else is 404. */
export async function siteForTest(routes: Readonly<Record<string, Route>>): Promise<TestSite> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const route = routes[path] ?? routes[path.split('?')[0] ?? ''];
    if (route === undefined) response.writeHead(404).end('none');
    else if (typeof route === 'string')
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(route);
    else route(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
