import { Socket } from 'node:net';
import type { DatabaseSource } from '../../source-spec.ts';
import { checkHost, type CheckedAddress, type ResolveHost } from '../website/address-guard.ts';

/**
 * The address to connect to when internal ones are refused; `undefined` leaves the choice to the driver.
 * @throws ScannerError SCANNER_HOST_NOT_FOUND or SCANNER_ADDRESS_BLOCKED.
 */
export function checkDatabaseHost(spec: DatabaseSource, resolve?: ResolveHost): Promise<CheckedAddress | undefined> {
  if (spec.publicOnly !== true) return Promise.resolve(undefined);
  return checkHost(new URL(spec.url), { allowPrivate: false, ...(resolve === undefined ? {} : { resolve }) });
}

/**
 * A socket that connects to `address` whatever host the driver names, so that a name that changes its address between
 * the check and the connection leads nowhere else. The driver keeps the name for TLS.
 */
export function createPinnedSocket({ address, family }: CheckedAddress): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  // Drivers call connect(port, host); the other forms are not theirs.
  socket.connect = ((port: number) => connect({ port, host: address, family })) as Socket['connect'];
  return socket;
}
