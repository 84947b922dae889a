/** Takes one whole message: its code, and where its body starts and ends. */
export type FrameHandler = (code: number, bytes: Buffer, start: number, end: number) => void;

const HEADER_BYTES = 5;

/**
 * Cuts what arrives into messages of the PostgreSQL protocol. A message that is cut in two by the network waits for its
 * rest; the bytes handed out stay valid.
 */
export function createFrameReader(onFrame: FrameHandler): (chunk: Buffer) => void {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let wantedBytes = HEADER_BYTES;

  return (chunk) => {
    let bytes = chunk;
    if (restBytes > 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      // Large messages arrive in many pieces: they are joined once, not once a piece.
      if (restBytes < wantedBytes) return;
      bytes = Buffer.concat(rest, restBytes);
      rest = [];
      restBytes = 0;
    }
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      if (end > bytes.length) {
        wantedBytes = end - at;
        rest = [bytes.subarray(at)];
        restBytes = bytes.length - at;
        return;
      }
      onFrame(bytes[at] ?? 0, bytes, at + HEADER_BYTES, end);
      at = end;
    }
    if (at < bytes.length) {
      wantedBytes = HEADER_BYTES;
      rest = [bytes.subarray(at)];
      restBytes = bytes.length - at;
    }
  };
}
