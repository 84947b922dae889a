import { describe, expect, it } from 'vitest';
import {
  type ScanForm,
  checkScanForm,
  emptyScanForm,
  suggestName,
  toScanSource,
} from '../../web/src/pages/new-scan/scan-form.ts';

const formOf = (part: Partial<ScanForm>): ScanForm => ({ ...emptyScanForm, ...part });

describe('checking the form', () => {
  it.each<[string, Partial<ScanForm>, object]>([
    ['no file', { kind: 'upload' }, { files: 'newScan.nothingChosen' }],
    ['no path', { kind: 'path', path: ' ' }, { path: 'newScan.pathMissing' }],
    ['a relative path', { kind: 'path', path: 'data' }, { path: 'newScan.pathRelative' }],
    ['no repository', { kind: 'repository' }, { repository: 'newScan.repositoryMissing' }],
    ['no database', { kind: 'database' }, { database: 'newScan.databaseMissing' }],
    ['another scheme', { kind: 'database', database: 'ftp://db' }, { database: 'newScan.databaseScheme' }],
    [
      'no rows',
      { kind: 'database', database: 'postgres://db/crm', sampleRows: '0' },
      { sampleRows: 'newScan.sampleRowsBad' },
    ],
    ['no address', { kind: 'website', website: 'example.nl' }, { website: 'newScan.websiteMissing' }],
  ])('refuses %s', (_, part, errors) => {
    expect(checkScanForm(formOf(part))).toEqual(errors);
  });

  it('ignores the rows of a full read', () => {
    expect(checkScanForm(formOf({ kind: 'database', database: 'mysql://db/x', mode: 'full', sampleRows: '' }))).toEqual(
      {},
    );
  });
});

describe('the suggested name', () => {
  it('never holds the password of a database', () => {
    expect(suggestName(formOf({ kind: 'database', database: 'postgres://reader:secret@db/crm' }))).toBe('crm');
  });

  it('is the last part of a path or repository', () => {
    expect(suggestName(formOf({ kind: 'path', path: '/srv/customers/' }))).toBe('customers');
    expect(suggestName(formOf({ kind: 'repository', repository: 'https://git.example.nl/a/infra.git' }))).toBe('infra');
  });
});

describe('the source sent to the server', () => {
  it('tells a repository on the server from one at an address', () => {
    expect(toScanSource(formOf({ kind: 'repository', repository: '/srv/repo' }), undefined)).toEqual({
      kind: 'repository',
      path: '/srv/repo',
      history: false,
    });
    expect(
      toScanSource(
        formOf({ kind: 'repository', repository: 'https://x.nl/r.git', ref: 'main', hasHistory: true }),
        undefined,
      ),
    ).toEqual({ kind: 'repository', url: 'https://x.nl/r.git', ref: 'main', history: true });
  });

  it('leaves the rows out when everything is read', () => {
    expect(toScanSource(formOf({ kind: 'database', database: 'mysql://db/x', mode: 'full' }), undefined)).toEqual({
      kind: 'database',
      url: 'mysql://db/x',
      mode: 'full',
    });
  });
});
