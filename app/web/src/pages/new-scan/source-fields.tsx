import { Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useAbilities } from '../../api/session-context.ts';
import type { PlainKey } from '../../i18n/message-keys.ts';
import { useTexts } from '../../i18n/texts.tsx';
import { FileDrop } from './file-drop.tsx';
import type { FormErrors, ScanForm } from './scan-form.ts';
import styles from './new-scan.module.css';

/** Properties of {@link SourceFields}. */
export interface SourceFieldsProps {
  readonly form: ScanForm;
  readonly errors: FormErrors;
  readonly onChange: (change: Partial<ScanForm>) => void;
}

type TextField = 'path' | 'repository' | 'ref' | 'database' | 'sampleRows' | 'website' | 'maxPages';

/** The fields of the chosen kind of source. */
export function SourceFields({ form, errors, onChange }: SourceFieldsProps): React.JSX.Element {
  const { t } = useTexts();
  const { canAdminister } = useAbilities();
  const message = (field: keyof ScanForm): string | undefined => {
    const key = errors[field];
    return key && t(key);
  };
  const field = (name: TextField, label: PlainKey, hint?: PlainKey, isShort?: boolean): React.JSX.Element => (
    <TextInput
      name={name}
      label={t(label)}
      description={hint && t(hint)}
      value={form[name]}
      error={message(name)}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      autoComplete="off"
      spellCheck={false}
      {...(isShort ? { inputMode: 'numeric', maw: '14rem' } : {})}
    />
  );

  const internal = canAdminister ? (
    <Checkbox
      label={t('newScan.internal')}
      description={t('newScan.internalHint')}
      checked={form.isInternalAllowed}
      onChange={(event) => onChange({ isInternalAllowed: event.currentTarget.checked })}
    />
  ) : undefined;

  switch (form.kind) {
    case 'upload':
      return <FileDrop files={form.files} onChange={(files) => onChange({ files })} error={message('files')} />;
    case 'path':
      return field('path', 'newScan.path', 'newScan.pathHint');
    case 'repository':
      return (
        <>
          {field('repository', 'newScan.repository', 'newScan.repositoryHint')}
          {field('ref', 'newScan.ref', 'newScan.refHint')}
          <Checkbox
            label={t('newScan.history')}
            description={t('newScan.historyHint')}
            checked={form.hasHistory}
            onChange={(event) => onChange({ hasHistory: event.currentTarget.checked })}
          />
          {internal}
        </>
      );
    case 'database':
      return (
        <>
          {field('database', 'newScan.database', 'newScan.databaseHint')}
          <div>
            <p className={styles.label} id="sampling">
              {t('newScan.sampling')}
            </p>
            <SegmentedControl
              aria-labelledby="sampling"
              value={form.mode}
              onChange={(mode) => onChange({ mode: mode === 'full' ? 'full' : 'sample' })}
              data={[
                { value: 'sample', label: t('newScan.sample.title') },
                { value: 'full', label: t('newScan.sample.full') },
              ]}
            />
          </div>
          {form.mode === 'sample' ? field('sampleRows', 'newScan.sampleRows', undefined, true) : undefined}
          {internal}
        </>
      );
    case 'website':
      return (
        <>
          {field('website', 'newScan.website', 'newScan.websiteHint')}
          {field('maxPages', 'newScan.maxPages', undefined, true)}
          {internal}
        </>
      );
  }
}
