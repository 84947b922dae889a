import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A mail as it came in. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  /** What followed `AUTH PLAIN`, decoded; empty without. */
  readonly credentials: string;
}

/** A server that speaks enough SMTP (RFC 5321) to take mails from a client. */
export interface SmtpReceiver {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Answers every recipient with this from now on. */
  refuse(reply: string | undefined): void;
  close(): Promise<void>;
}

/** Listens on a free port of this machine. */
export async function startSmtpReceiver(): Promise<SmtpReceiver> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let refusal: string | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    serve(socket, { take: (mail) => mails.push(mail), refusal: () => refusal });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    // A TCP server's address is an object.
    port: (server.address() as AddressInfo).port,
    mails,
    refuse(reply) {
      refusal = reply;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function serve(
  socket: Socket,
  { take, refusal }: { readonly take: (mail: ReceivedMail) => void; readonly refusal: () => string | undefined },
): void {
  let buffered = '';
  let isData = false;
  let from = '';
  let to: string[] = [];
  let credentials = '';
  const reply = (text: string): void => void socket.write(`${text}\r\n`);
  const addressOf = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? '';

  const takeCommand = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') reply('250-receiver\r\n250 AUTH PLAIN');
    else if (verb === 'AUTH') {
      credentials = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
      reply('235 2.7.0 in');
    } else if (verb === 'MAIL') {
      from = addressOf(line);
      reply('250 ok');
    } else if (verb === 'RCPT') {
      const refused = refusal();
      if (refused === undefined) to.push(addressOf(line));
      reply(refused ?? '250 ok');
    } else if (verb === 'DATA') {
      isData = true;
      reply('354 go on');
    } else if (verb === 'QUIT') {
      reply('221 bye');
      socket.end();
    } else if (verb === 'STAR') reply('502 no TLS here');
    else reply('250 ok');
  };

  reply('220 receiver');
  socket.on('data', (chunk) => {
    buffered += chunk.toString('utf8');
    for (;;) {
      const end = buffered.indexOf(isData ? '\r\n.\r\n' : '\r\n');
      if (end === -1) return;
      const text = buffered.slice(0, end);
      buffered = buffered.slice(end + (isData ? 5 : 2));
      if (isData) {
        isData = false;
        take({ from, to, data: text, credentials });
        to = [];
        reply('250 taken');
      } else takeCommand(text);
    }
  });
}
