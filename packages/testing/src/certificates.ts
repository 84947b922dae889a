import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key, as PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Signs certificates that nobody but the test trusts. */
export interface TestAuthority {
  /** Of the authority itself. */
  readonly certificate: string;
  /** A certificate of a server that is called `name`: a host name or an IPv4 address. */
  issue(name: string): TestCertificate;
}

interface Signer {
  readonly name: string;
  readonly key: KeyObject;
}

/** Creates an authority with a key of its own: two of them do not trust each other. */
export function createTestAuthority(): TestAuthority {
  const name = `test authority ${randomBytes(4).toString('hex')}`;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer: Signer = { name, key: privateKey };
  return {
    certificate: toCertificate({ name, publicKey, extensions: [BASIC_CONSTRAINTS_OF_AUTHORITY] }, signer),
    issue(serverName) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [toAlternativeName(serverName)];
      return {
        certificate: toCertificate({ name: serverName, publicKey: pair.publicKey, extensions }, signer),
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

// Tags of DER (ITU-T X.690) and what of X.509 (RFC 5280, section 4.1) a server's certificate needs.
const [INTEGER, BITS, OCTETS, OBJECT, TEXT, TIME, SEQUENCE, SET] = [2, 3, 4, 6, 12, 0x17, 0x30, 0x31];
const [VERSION, EXTENSIONS, DNS_NAME, IP_ADDRESS] = [0xa0, 0xa3, 0x82, 0x87];
const COMMON_NAME = Buffer.from([0x55, 0x04, 0x03]);
const ECDSA_WITH_SHA256 = Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const DAY_MS = 24 * 60 * 60_000;

function toDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const BASIC_CONSTRAINTS_OF_AUTHORITY = toDer(
  SEQUENCE,
  toDer(OBJECT, Buffer.from([0x55, 0x1d, 0x13])),
  TRUE,
  toDer(OCTETS, toDer(SEQUENCE, TRUE)),
);

function toAlternativeName(name: string): Buffer {
  const isAddress = isIPv4(name);
  const bytes = isAddress ? name.split('.').map(Number) : Buffer.from(name);
  const names = toDer(SEQUENCE, toDer(isAddress ? IP_ADDRESS : DNS_NAME, Buffer.from(bytes)));
  return toDer(SEQUENCE, toDer(OBJECT, Buffer.from([0x55, 0x1d, 0x11])), toDer(OCTETS, names));
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

function toCertificate({ name, publicKey, extensions }: Subject, signer: Signer): string {
  const algorithm = toDer(SEQUENCE, toDer(OBJECT, ECDSA_WITH_SHA256));
  const body = toDer(
    SEQUENCE,
    toDer(VERSION, toDer(INTEGER, Buffer.from([2]))),
    // A leading 1 keeps the number positive.
    toDer(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    toName(signer.name),
    toDer(SEQUENCE, toTime(Date.now() - DAY_MS), toTime(Date.now() + DAY_MS)),
    toName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    toDer(EXTENSIONS, toDer(SEQUENCE, ...extensions)),
  );
  const signature = sign('sha256', body, signer.key);
  const der = toDer(SEQUENCE, body, algorithm, toDer(BITS, Buffer.from([0]), signature));
  return new X509Certificate(der).toString();
}

function toName(name: string): Buffer {
  return toDer(SEQUENCE, toDer(SET, toDer(SEQUENCE, toDer(OBJECT, COMMON_NAME), toDer(TEXT, Buffer.from(name)))));
}

function toTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return toDer(TIME, Buffer.from(`${digits}Z`));
}
