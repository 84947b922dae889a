import type { Detector } from '../../detection/detector.ts';
import { base62Crc } from './base62-crc.ts';
import { providerToken } from './provider-token.ts';

const word = (...words: string[]): { kind: 'keyword'; words: string[] } => ({ kind: 'keyword', words });
const prefix = (...prefixes: string[]): { kind: 'prefix'; prefixes: string[] } => ({ kind: 'prefix', prefixes });

/** Secrets that their issuer marks with a prefix of its own. */
export const PROVIDER_TOKENS: readonly Detector[] = [
  providerToken({
    type: 'SECRET_AWS',
    triggers: [prefix('AKIA', 'ASIA', 'ABIA', 'ACCA')],
    pattern: /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}/y,
  }),
  providerToken({
    type: 'SECRET_GITHUB',
    triggers: [word('ghp', 'gho', 'ghu', 'ghs', 'ghr')],
    pattern: /gh[pousr]_[A-Za-z0-9]{36}/y,
  }),
  providerToken({
    type: 'SECRET_GITHUB',
    triggers: [word('github')],
    pattern: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}/y,
  }),
  providerToken({
    type: 'SECRET_GITLAB',
    triggers: [word('glpat', 'gldt', 'glrt', 'glptt', 'glcbt', 'glsoat', 'glft', 'glagent', 'gloas')],
    pattern: /gl(?:pat|dt|rt|ptt|cbt|soat|ft|agent|oas)-[A-Za-z0-9_-]{20,64}/y,
  }),
  providerToken({
    type: 'SECRET_SLACK',
    triggers: [word('xoxb', 'xoxp', 'xoxa', 'xoxr', 'xoxs', 'xoxe', 'xapp')],
    pattern:
      /xox[abprse](?:-\d{8,14}){1,3}-[A-Za-z0-9-]{10,64}|xapp-\d-[A-Z0-9]{8,14}-\d{8,14}-[a-f0-9]{40,80}|xox[abprse]-[A-Za-z0-9-]{24,80}/y,
  }),
  providerToken({
    type: 'SECRET_STRIPE',
    triggers: [word('sk', 'rk')],
    pattern: /[sr]k_(?:live|test)_[A-Za-z0-9]{16,120}/y,
  }),
  providerToken({
    type: 'SECRET_NPM',
    triggers: [word('npm')],
    pattern: /npm_[A-Za-z0-9]{36}/y,
  }),
  providerToken({
    type: 'SECRET_GCP',
    triggers: [prefix('AIza')],
    pattern: /AIza[A-Za-z0-9_-]{35}/y,
  }),
];

/** Whether a classic GitHub or npm token carries the right checksum in its last six characters. */
export function hasTokenChecksum(token: string): boolean {
  const body = token.slice(token.indexOf('_') + 1);
  return base62Crc(body.slice(0, -6)) === body.slice(-6);
}
