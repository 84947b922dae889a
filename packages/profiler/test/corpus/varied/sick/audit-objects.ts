// Objects of a class, kept by a list that nobody shortens.
import { reply, serve } from '../../support/serve.ts';

class AuditEntry {
  readonly #lines: string[];
  readonly at = Date.now();

  constructor(lines: readonly string[]) {
    this.#lines = [...lines];
  }

  get size(): number {
    return this.#lines.length;
  }
}

class AuditTrail {
  readonly #entries: AuditEntry[] = [];

  add(path: string): number {
    const lines = Array.from({ length: 2_000 }, (_, index) => `${path} ${index} ${this.#entries.length}`); // <- here
    const entry = new AuditEntry(lines);
    this.#entries.push(entry);
    return entry.size;
  }
}

const trail = new AuditTrail();
await serve((request, response) => reply(response, { size: trail.add(request.url ?? '') }), {
  path: '/audit',
  requestCount: 420,
  pauseMs: 5,
  concurrency: 1,
});
