import type { ScanSource } from '../../api/types.ts';
import type { PlainKey } from '../../i18n/message-keys.ts';
import type { ChosenFile } from './chosen-file.ts';

/** A kind of source a person can choose in the form. */
export type FormKind = 'upload' | 'path' | 'repository' | 'database' | 'website';

/** Everything the form holds, as typed. */
export interface ScanForm {
  readonly kind: FormKind;
  readonly name: string;
  readonly files: readonly ChosenFile[];
  readonly path: string;
  readonly repository: string;
  readonly ref: string;
  readonly hasHistory: boolean;
  readonly database: string;
  readonly mode: 'sample' | 'full';
  readonly sampleRows: string;
  readonly website: string;
  readonly maxPages: string;
  readonly isInternalAllowed: boolean;
}

/** The form as it opens. */
export const emptyScanForm: ScanForm = {
  kind: 'upload',
  name: '',
  files: [],
  path: '',
  repository: '',
  ref: '',
  hasHistory: false,
  database: '',
  mode: 'sample',
  sampleRows: '1000',
  website: '',
  maxPages: '100',
  isInternalAllowed: false,
};

/** What is wrong with the form, by field. */
export type FormErrors = Readonly<Partial<Record<keyof ScanForm, PlainKey>>>;

const isCount = (value: string, most: number): boolean =>
  /^\d+$/.test(value.trim()) && Number(value) >= 1 && Number(value) <= most;

const checks: Readonly<Record<FormKind, (form: ScanForm) => FormErrors>> = {
  upload: ({ files }) => (files.length === 0 ? { files: 'newScan.nothingChosen' } : {}),
  path: ({ path }) => {
    if (path.trim() === '') return { path: 'newScan.pathMissing' };
    return /^(\/|~|[a-z]:[\\/])/i.test(path.trim()) ? {} : { path: 'newScan.pathRelative' };
  },
  repository: ({ repository }) => (repository.trim() === '' ? { repository: 'newScan.repositoryMissing' } : {}),
  database: ({ database, mode, sampleRows }) => ({
    ...(database.trim() === ''
      ? { database: 'newScan.databaseMissing' }
      : /^(postgres(ql)?|mysql|mariadb):\/\/|^sqlite:/.test(database.trim())
        ? {}
        : { database: 'newScan.databaseScheme' }),
    ...(mode === 'sample' && !isCount(sampleRows, 1_000_000) ? { sampleRows: 'newScan.sampleRowsBad' } : {}),
  }),
  website: ({ website, maxPages }) => ({
    ...(/^https?:\/\/\S+\.?\S*$/.test(website.trim()) ? {} : { website: 'newScan.websiteMissing' }),
    ...(isCount(maxPages, 10_000) ? {} : { maxPages: 'newScan.maxPagesBad' }),
  }),
};

/** Finds what is missing or malformed, before anything is sent. */
export function checkScanForm(form: ScanForm): FormErrors {
  return checks[form.kind](form);
}

function lastPart(text: string): string {
  return (
    text
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .pop() ?? text
  );
}

/** A name for the scan from what is to be searched; never holds a password. */
export function suggestName(form: ScanForm): string {
  if (form.kind === 'upload') {
    const [first] = form.files;
    const folder = first?.path.includes('/') ? first.path.split('/')[0] : undefined;
    return folder ?? (form.files.length === 1 ? (first?.path ?? '') : '');
  }
  if (form.kind === 'path') return lastPart(form.path.trim());
  if (form.kind === 'repository') return lastPart(form.repository.trim()).replace(/\.git$/, '');
  const address = URL.parse((form.kind === 'database' ? form.database : form.website).trim());
  if (!address) return '';
  return form.kind === 'website' ? address.host : lastPart(address.pathname) || address.host;
}

const internal = ({ isInternalAllowed }: ScanForm): { readonly allowPrivate?: true } =>
  isInternalAllowed ? { allowPrivate: true } : {};

/** The source as the server wants it; `uploadId` is there once the files have been sent. */
export function toScanSource(form: ScanForm, uploadId: string | undefined): ScanSource {
  switch (form.kind) {
    case 'upload':
      return { kind: 'upload', uploadId: uploadId ?? '' };
    case 'path':
      return { kind: 'path', path: form.path.trim() };
    case 'repository':
      return {
        kind: 'repository',
        ...(/^[a-z+]+:\/\//i.test(form.repository.trim())
          ? { url: form.repository.trim() }
          : { path: form.repository.trim() }),
        history: form.hasHistory,
        ...(form.ref.trim() ? { ref: form.ref.trim() } : {}),
        ...internal(form),
      };
    case 'database':
      return {
        kind: 'database',
        url: form.database.trim(),
        mode: form.mode,
        ...(form.mode === 'sample' ? { sampleRows: Number(form.sampleRows) } : {}),
        ...internal(form),
      };
    case 'website':
      return { kind: 'website', url: form.website.trim(), maxPages: Number(form.maxPages), ...internal(form) };
  }
}
