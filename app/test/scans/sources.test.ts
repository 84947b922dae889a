import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../../src/features/scans/private-address.ts';
import { createSampleNumbers, sampleBsn, sampleCard, sampleIban } from '../../src/features/scans/sample-identifiers.ts';
import { sampleDocuments } from '../../src/features/scans/sample-documents.ts';
import { createSealedBox, fingerprintKey } from '../../src/features/scans/sealed-box.ts';
import { toSourceLabel } from '../../src/features/scans/source-label.ts';
import { toSafeRelativePath } from '../../src/features/uploads/upload-store.ts';

const SECRET = 'a secret that is long enough for tests';

describe('a sealed source', () => {
  it('opens for its row under its secret and for nothing else', () => {
    const box = createSealedBox(SECRET);
    const sealed = box.seal('postgres://a:b@c/d', 'row-1');
    expect(box.open(sealed, 'row-1')).toBe('postgres://a:b@c/d');
    expect(sealed.includes('postgres')).toBe(false);
    expect(() => box.open(sealed, 'row-2')).toThrow(/authenticate/);
    expect(() => createSealedBox(`${SECRET}!`).open(sealed, 'row-1')).toThrow(/authenticate/);
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    expect(() => box.open(sealed, 'row-1')).toThrow(/authenticate/);
  });

  it('takes less room than a long text, and is no plain one when its version is changed', () => {
    const box = createSealedBox(SECRET);
    const plain = JSON.stringify(
      Array.from({ length: 500 }, (_, index) => ({ path: `häuser/${index}.txt`, bytes: index })),
    );
    const sealed = box.seal(plain, 'row-1');
    expect(box.open(sealed, 'row-1')).toBe(plain);
    expect(sealed.length).toBeLessThan(plain.length / 4);
    expect(() => box.open(sealed, 'row-2')).toThrow(/authenticate/);
    sealed[0] = 1;
    expect(() => box.open(sealed, 'row-1')).toThrow(/authenticate/);
    sealed[0] = 3;
    expect(() => box.open(sealed, 'row-1')).toThrow(/version 3/);
  });

  it('has fingerprints that match inside one organisation only', () => {
    expect(fingerprintKey(SECRET, 'a').equals(fingerprintKey(SECRET, 'a'))).toBe(true);
    expect(fingerprintKey(SECRET, 'a').equals(fingerprintKey(SECRET, 'b'))).toBe(false);
  });
});

describe('the label of a source', () => {
  it.each([
    [
      { kind: 'database', url: 'postgres://me:pass@db.example.org:5432/shop?password=pass' },
      'postgres://db.example.org:5432/shop',
    ],
    [{ kind: 'website', url: 'https://me:pass@example.org/a?token=pass#pass' }, 'https://example.org/a'],
    [{ kind: 'repository', url: 'https://pass@example.org/a.git' }, 'https://example.org/a.git'],
    [{ kind: 'repository', url: 'pass@example.org:a.git' }, 'example.org:a.git'],
    [{ kind: 'database', url: 'not an address: pass' }, 'not an address'],
  ] as const)('names %j without credentials', (source, label) => {
    expect(toSourceLabel(source)).toBe(label);
    expect(toSourceLabel(source)).not.toMatch(/pass\b(?!word)/);
  });
});

describe('private addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '100.64.0.1',
  ])('include %s', (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '203.0.113.5'])('do not include %s', (address) =>
    expect(isPrivateAddress(address)).toBe(false),
  );
});

describe('the name of an uploaded file', () => {
  it.each([
    ['../../etc/passwd', 'etc/passwd'],
    ['/abs/a.txt', 'abs/a.txt'],
    [String.raw`C:\x\..\y.txt`, 'x/y.txt'],
    ['a\u0000b/c.txt', 'ab/c.txt'],
    ['./.env', '.env'],
    ['a:b.txt', 'a_b.txt'],
  ])('%j becomes %j', (name, expected) => expect(toSafeRelativePath(name)).toBe(expected));

  it('is refused when nothing is left, and shortened when it is too long for a disk', () => {
    expect(toSafeRelativePath('../..')).toBeUndefined();
    const long = toSafeRelativePath(`${'é'.repeat(400)}.docx`);
    expect(Buffer.byteLength(long ?? '')).toBeLessThanOrEqual(200);
    expect(long?.endsWith('.docx')).toBe(true);
  });
});

describe('the sample data', () => {
  it('is the same everywhere, with right check digits', () => {
    expect(sampleDocuments()).toEqual(sampleDocuments());
    const numbers = createSampleNumbers(1);
    const bsn = sampleBsn(numbers);
    const weighted = Array.from(bsn, Number).reduce(
      (sum, digit, index) => sum + digit * (index === 8 ? -1 : 9 - index),
      0,
    );
    expect(weighted % 11).toBe(0);
    const iban = sampleIban(numbers);
    const moved = `${iban.slice(4)}${iban.slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) =>
      String(letter.charCodeAt(0) - 55),
    );
    expect(BigInt(moved) % 97n).toBe(1n);
    const luhn = Array.from(sampleCard(numbers), Number)
      .toReversed()
      .reduce((sum, digit, index) => sum + (index % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
    expect(luhn % 10).toBe(0);
  });
});
