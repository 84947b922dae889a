// A deep copy by JSON of settings that only one field is read of.
import { reply, serve } from '../../support/serve.ts';

const settings = {
  tenants: Array.from({ length: 14_000 }, (_, id) => ({
    id,
    name: `tenant ${id}`,
    flags: { beta: id % 2 === 0, limit: id },
  })),
};

const copyOf = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)); // <- here

await serve(
  (_request, response) => {
    const mine = copyOf(settings);
    reply(response, { count: mine.tenants.length });
  },
  { path: '/settings', requestCount: 30, pauseMs: 10 },
);
