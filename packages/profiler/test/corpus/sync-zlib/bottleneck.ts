import { gzipSync } from 'node:zlib';
import { serve } from '../support/serve.ts';

const page = Buffer.from(Array.from({ length: 120_000 }, (_, row) => `${row * 7919};`).join(''));

await serve(
  (_request, response) => {
    const body = gzipSync(page); // <- here
    response.setHeader('content-encoding', 'gzip');
    response.end(body.subarray(0, 1_000));
  },
  { path: '/export', requestCount: 12 },
);
