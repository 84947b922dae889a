// A large file is packed while it flows.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { serve } from '../../support/serve.ts';

const row = 'a row of a report that compresses rather well\n'.repeat(400);
await serve(
  async (_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    await pipeline(Readable.from(Array.from({ length: 80 }, () => row)), createGzip({ level: 1 }), response);
  },
  { path: '/report.csv', requestCount: 30, pauseMs: 20 },
);
