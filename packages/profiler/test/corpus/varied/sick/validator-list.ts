// A list of rules built from strings; one of them backtracks.
import { reply, serve } from '../../support/serve.ts';

const PATTERNS = ['^[a-z]+$', '^(([a-z0-9])+.)+[A-Z]([a-z0-9])+$', '^\\d{4}$'];
const rules = PATTERNS.map((pattern) => new RegExp(pattern));

function isKnown(value: string): boolean {
  return rules.some((rule) => rule.test(value)); // <- here
}

await serve((_request, response) => reply(response, { known: isKnown(`${'a'.repeat(34)}!`) }), {
  path: '/validate',
  requestCount: 16,
  pauseMs: 30,
});
