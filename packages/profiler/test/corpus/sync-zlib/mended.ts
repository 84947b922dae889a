import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { serve } from '../support/serve.ts';

const page = Buffer.from(Array.from({ length: 120_000 }, (_, row) => `${row * 7919};`).join(''));

await serve(
  async (_request, response) => {
    const body = await promisify(gzip)(page);
    response.setHeader('content-encoding', 'gzip');
    response.end(body.subarray(0, 1_000));
  },
  { path: '/export', requestCount: 12 },
);
