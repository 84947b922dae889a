import { requests } from '@dataguardian/telemetry';
import { serve } from '../support/serve.ts';

/** The server tells who asks, as the product's does. */
function answer(user: string, work: () => void): (response: import('node:http').ServerResponse) => void {
  return (response) => {
    const begunAt = performance.now();
    work();
    response.once('finish', () =>
      requests.publish({
        requestId: `${user}-${begunAt}`,
        method: 'GET',
        route: '/search',
        statusCode: 200,
        durationMs: performance.now() - begunAt,
        bytes: 2,
        userId: user,
        organisationId: undefined,
      }),
    );
    response.end('ok');
  };
}

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Math.sqrt(until);
}

let requestNumber = 0;
await serve(
  (_request, response) => {
    requestNumber += 1;
    answer(`user${requestNumber % 5}@example.org`, () => spin(3))(response);
  },
  { path: '/search', requestCount: 200, concurrency: 2, pauseMs: 8 },
);
