import { serve } from '../support/serve.ts';

const film = Buffer.alloc(4_000_000, 1);
await serve(
  (_request, response) => {
    response.setHeader('content-type', 'application/octet-stream');
    response.end(film);
  },
  { path: '/film', requestCount: 15, pauseMs: 20 },
);
