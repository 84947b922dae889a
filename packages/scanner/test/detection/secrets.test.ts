import { createSeededRandom } from '@dataguardian/testing';
import { describe, expect, it } from 'vitest';
import { createDetection } from '../../src/detection/detection.ts';
import { base62Crc } from '../../src/detectors/secrets/base62-crc.ts';
import { hasTokenChecksum } from '../../src/detectors/secrets/provider-tokens.ts';
import { secretMakers } from './corpus/secrets.ts';

const detection = createDetection();
const makers = secretMakers(createSeededRandom(5));
const make = (name: string): string => makers[name]?.() ?? '';

function secretsIn(text: string, path?: string): string[] {
  return detection
    .detect(text, path === undefined ? {} : { path })
    .filter((finding) => finding.type.startsWith('SECRET_'))
    .map((finding) => text.slice(finding.start, finding.end));
}

describe('tokens of an issuer', () => {
  it.each([
    'SECRET_AWS',
    'SECRET_GITHUB',
    'SECRET_GITLAB',
    'SECRET_SLACK',
    'SECRET_STRIPE',
    'SECRET_NPM',
    'SECRET_JWT',
    'SECRET_PRIVATE_KEY',
  ])('finds %s in code, configuration and prose', (name) => {
    const value = make(name);
    expect(secretsIn(`const a = '${value}';`)).toEqual([value]);
    expect(secretsIn(`value: ${value}\n`)).toEqual([value]);
    expect(secretsIn(`Use ${value} for now.`)).toEqual([value]);
  });

  it('refuses them a character short or long', () => {
    const token = make('SECRET_GITHUB');
    expect(secretsIn(`Use ${token.slice(0, -1)} now`)).toEqual([]);
    expect(secretsIn(`Use ${token}x now`)).toEqual([]);
  });

  it('refuses what documentation makes up', () => {
    expect(secretsIn(`ghp_${'x'.repeat(36)}`)).toEqual([]);
    expect(secretsIn(['AKIA', 'IOSFODNN7', 'EXAMPLE'].join(''))).toEqual([]);
  });

  it('knows the checksum that GitHub and npm append', () => {
    const body = make('SECRET_GITHUB').slice(4, 34);
    expect(hasTokenChecksum(`ghp_${body}${base62Crc(body)}`)).toBe(true);
    expect(hasTokenChecksum(`ghp_${body}000000`)).toBe(false);
  });
});

describe('assignments', () => {
  it.each([
    ['password = "%"', 'SECRET_PASSWORD'],
    ["db_password: '%'", 'SECRET_PASSWORD'],
    ['WACHTWOORD=%', 'SECRET_PASSWORD'],
    ['{"clientSecret":"%"}', 'SECRET_GENERIC'],
    ['api_key = %', 'SECRET_GENERIC'],
    ['postgres://app:%@db:5432/x', 'SECRET_URL_PASSWORD'],
  ])('finds the value in %s', (template, name) => {
    const value = make(name);
    const [found = ''] = secretsIn(template.replace('%', () => value));
    // Closing punctuation of an unquoted value may belong to the sentence.
    expect(value.startsWith(found.replace(/[!?]$/, '')) && found.length >= value.length - 1).toBe(true);
  });

  it.each([
    'password = "changeme"',
    'password: string',
    'const password = getPassword();',
    'PASSWORD=${DB_PASSWORD}',
    'token: process.env.TOKEN',
    'api_key: "<your-api-key>"',
    'publicKey: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"',
    'cacheKey = "user-list-v2-2024-01-01"',
    'key: "TIME_24_WITH_SECONDS"',
    '"integrity": "sha512-q1Mt7SpJbR2w9Kx0aB4nE6yU8iO3pL5dF7gH9jK1zX3cV5bN7m=="',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    'https://user:password@host/path',
  ])('leaves %s alone', (text) => {
    expect(secretsIn(text)).toEqual([]);
  });
});
