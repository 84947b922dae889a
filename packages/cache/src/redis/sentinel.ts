import { type Connection, type ConnectionOptions, openConnection } from './connection.ts';
import { type SentinelOptions, withAddress } from './redis-target.ts';

/**
 * Opens a connection to the server that leads now. The sentinels are asked each time, so that after a failover the next
 * connection finds the new leader; a server that is told of but does not lead (yet, or any more) is not taken.
 */
export async function openSentinelConnection(
  target: SentinelOptions,
  options: Omit<ConnectionOptions, 'url'>,
): Promise<Connection> {
  let failure: unknown;
  for (const sentinel of target.sentinels) {
    try {
      const url = await findLeader(target, sentinel, options);
      const connection = await openConnection({ ...options, url });
      const [role] = await connection.send<unknown[]>(['ROLE']);
      if (String(role) === 'master') return connection;
      connection.destroy();
      failure = new Error(`the server that the sentinel names is a ${String(role)}`);
    } catch (error) {
      failure = error;
    }
  }
  throw failure instanceof Error ? failure : new Error('no sentinel was named');
}

async function findLeader(
  { masterName, serverUrl = 'redis://localhost' }: SentinelOptions,
  sentinel: string,
  { connectTimeoutMs }: Omit<ConnectionOptions, 'url'>,
): Promise<string> {
  const connection = await openConnection({ url: sentinel, protocol: 2, connectTimeoutMs, onEnd: () => undefined });
  try {
    const reply = await connection.send<unknown[] | null>(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName]);
    if (reply === null) throw new Error(`the sentinel knows no group named ${masterName}`);
    return withAddress(serverUrl, String(reply[0]), Number(reply[1]));
  } finally {
    connection.destroy();
  }
}
