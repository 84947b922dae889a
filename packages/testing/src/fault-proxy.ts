import { connect, createServer, type Socket } from 'node:net';

/** What a proxy does to the bytes that pass. */
export interface Faults {
  /** Holds each chunk back for that long. */
  readonly latencyMs?: number;
  /** Swallows bytes in both directions; connections stay open. */
  readonly blackhole?: boolean;
  /** Cuts chunks into pieces of that many bytes. */
  readonly sliceBytes?: number;
  /** Refuses new connections. */
  readonly refuse?: boolean;
}

/** Stands between a client and a server on loopback and hurts the traffic on demand. */
export interface FaultProxy {
  readonly port: number;
  /** Replaces the faults in force; `{}` heals. */
  setFaults(faults: Faults): void;
  /** Resets every open connection. */
  cut(): void;
  close(): Promise<void>;
}

/** @param target A port on loopback or the path of a unix socket. */
export async function createFaultProxy(
  target: { readonly port: number } | { readonly path: string },
): Promise<FaultProxy> {
  let faults: Faults = {};
  const sockets = new Set<Socket>();
  const pipe = (from: Socket, to: Socket): void => {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const { latencyMs = 0, blackhole = false, sliceBytes = chunk.length } = faults;
      if (blackhole) return;
      last = last.then(async () => {
        if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
        for (let start = 0; start < chunk.length; start += sliceBytes)
          to.write(chunk.subarray(start, start + sliceBytes));
      });
    });
    from.on('end', () => void last.then(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    if (faults.refuse === true) {
      client.destroy();
      return;
    }
    const upstream = 'port' in target ? connect(target.port, '127.0.0.1') : connect(target.path);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    sockets.add(client).add(upstream);
    pipe(client, upstream);
    pipe(upstream, client);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const cut = (): void => {
    // Unix sockets know no reset.
    for (const socket of sockets) {
      if (socket.remoteFamily === undefined) socket.destroy();
      else socket.resetAndDestroy();
    }
    sockets.clear();
  };
  return {
    port,
    setFaults(next) {
      faults = next;
    },
    cut,
    close() {
      cut();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
