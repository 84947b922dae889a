/** Bytes that a connection has read and written; 0 for what only looks like one, as in tests. */
export function bytesOf(socket: { readonly bytesRead?: number; readonly bytesWritten?: number }): number {
  return (socket.bytesRead ?? 0) + (socket.bytesWritten ?? 0);
}
