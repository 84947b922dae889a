import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipCodes } from '@dataguardian/scanner';
import { describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/messages/en.ts';
import { actions as englishActions } from '../../web/src/i18n/messages/en/actions.ts';
import { factor as englishFactor } from '../../web/src/i18n/messages/en/factor.ts';
import { settings as englishSettings } from '../../web/src/i18n/messages/en/settings.ts';
import { entryMessages } from '../../web/src/i18n/messages/entry.ts';
import { nl } from '../../web/src/i18n/messages/nl.ts';
import { toDutchReason } from '../../web/src/i18n/messages/nl/reasons.ts';
import { actions as dutchActions } from '../../web/src/i18n/messages/nl/actions.ts';
import { factor as dutchFactor } from '../../web/src/i18n/messages/nl/factor.ts';
import { settings as dutchSettings } from '../../web/src/i18n/messages/nl/settings.ts';
import { problems, skips } from '../../web/src/i18n/messages/nl/server.ts';

type Dictionary = Readonly<Record<string, string>>;

const pairs: readonly (readonly [name: string, english: Dictionary, dutch: Dictionary])[] = [
  ['the application', en, nl],
  ['the sign-in page', entryMessages.en, entryMessages.nl],
  ['the second factor', englishFactor, dutchFactor],
  ['the settings page', englishSettings, dutchSettings],
];

const source = join(import.meta.dirname, '../../web/src');
const components = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
const everything = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('messages'))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  .join('\n');

const valuesOf = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe.each(pairs)('the dictionaries of %s', (_, english, dutch) => {
  it('have the same keys', () => {
    expect(Object.keys(dutch).sort()).toEqual(Object.keys(english).sort());
  });

  it('take the same values in every message', () => {
    const differing = Object.keys(english).filter(
      (key) => valuesOf(english[key]).join() !== valuesOf(dutch[key]).join(),
    );
    expect(differing).toEqual([]);
  });

  it('have both forms of every plural', () => {
    const stems = Object.keys(english).flatMap((key) => /^(.*)_(?:one|other)$/.exec(key)?.[1] ?? []);
    expect(stems.filter((stem) => !(`${stem}_one` in english) || !(`${stem}_other` in english))).toEqual([]);
  });

  it('hold no message that no page uses', () => {
    const prefixes = [...everything.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? '');
    const unused = Object.keys(english).filter((key) => {
      const stem = key.replace(/_(one|other)$/, '');
      return !everything.includes(`'${stem}`) && !prefixes.some((prefix) => key.startsWith(prefix));
    });
    expect(unused).toEqual([]);
  });
});

describe('the components', () => {
  it.each(components)('%s writes no text of its own', (name) => {
    const text = readFileSync(join(source, name), 'utf8');
    // Words between tags, or in an attribute that people read or hear.
    const between = [...text.matchAll(/>\s*([A-Za-zÀ-ÿ][^<>{}=;()]*[a-zà-ÿ]{2,}[^<>{}=;()]*)\s*<\//g)].map(
      ([, words]) => words?.trim(),
    );
    const attributes = [...text.matchAll(/\s(?:aria-label|title|placeholder|label|alt|description)="([^"]+)"/g)].map(
      ([, words]) => words,
    );
    const own = [...between, ...attributes].filter((words) => words !== undefined && words !== 'DataGuardian Pro');
    expect(own).toEqual([]);
  });
});

describe('the Dutch words for what the server says', () => {
  const features = join(import.meta.dirname, '../../src');
  const server = readdirSync(features, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('cli'))
    .map((name) => readFileSync(join(features, name), 'utf8'))
    .join('\n');
  // Programs send these, people with these pages do not.
  const forPrograms = new Set([
    'BODY_MISSING',
    'JSON_INVALID',
    'MEDIA_TYPE_UNSUPPORTED',
    'REQUEST_REFUSED',
    'CURSOR_INVALID',
    'UPLOAD_NOT_MULTIPART',
  ]);

  it('cover every reason that the scanner gives for a finding', () => {
    const scanner = join(import.meta.dirname, '../../../packages/scanner/src');
    const texts = ['detection', 'detectors'].flatMap((folder) =>
      readdirSync(join(scanner, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(scanner, folder, name), 'utf8')),
    );
    const reasons = texts.flatMap((text) =>
      [...text.matchAll(/\breasons?: (\[[^\]]*\]|[^\n]*)/g)].flatMap(([, given]) =>
        [...(given ?? '').matchAll(/'([^']+)'|`([^`]+)`/g)].map(([, plain, template]) =>
          (plain ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, 'NL'),
        ),
      ),
    );
    expect(new Set(reasons).size).toBeGreaterThan(50);
    // A single letter is compared with, not said.
    expect(reasons.filter((reason) => reason.length > 1 && toDutchReason(reason) === undefined)).toEqual([]);
  });

  it('cover every refusal of the features', () => {
    const codes = [...server.matchAll(/(?:badRequest|conflict|refused)\(\s*'([A-Z_]+)'/g)].map(
      ([, code]) => code ?? '',
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !(code in problems) && !forPrograms.has(code))).toEqual([]);
  });

  it('cover every action of the audit log', () => {
    const written = [
      ...server.matchAll(/(?:(?<!frameguard: \{ )action: |note\(|audit\([^;]*?, )'([a-z][a-z.-]+)'/g),
    ].map(([, name]) => name ?? '');
    expect(new Set(written).size).toBeGreaterThan(15);
    expect([...new Set(written)].filter((action) => !(action in dutchActions))).toEqual([]);
    expect(Object.keys(dutchActions).toSorted()).toEqual(Object.keys(englishActions).toSorted());
  });

  it('cover every reason for which an item is skipped', () => {
    expect(Object.keys(skipCodes).filter((code) => !(code in skips))).toEqual([]);
  });
});
