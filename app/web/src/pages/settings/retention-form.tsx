import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../api/types.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useSettingsTexts } from '../../i18n/use-settings-texts.ts';
import { parseRetentionDays } from './parse-settings.ts';
import styles from './settings.module.css';
import { useChangeSettings } from './use-change-settings.ts';

/** Properties of {@link RetentionForm}. */
export interface RetentionFormProps {
  readonly settings: Settings;
}

/** For how long ended scans and uploaded files are kept. */
export function RetentionForm({ settings }: RetentionFormProps): React.JSX.Element {
  const { t: ts } = useSettingsTexts();
  const [days, setDays] = useState(settings.retentionDays === null ? '' : String(settings.retentionDays));
  const [keepUploads, setKeepUploads] = useState(settings.keepUploads);
  const [isChecked, setChecked] = useState(false);
  const change = useChangeSettings();
  const retentionDays = parseRetentionDays(days);
  const daysError = isChecked && retentionDays === undefined ? ts('settings.daysWrong') : undefined;

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (retentionDays !== undefined && !change.isPending) change.mutate({ retentionDays, keepUploads });
      }}
    >
      <TextInput
        label={ts('settings.days')}
        description={ts('settings.daysHint')}
        inputMode="numeric"
        autoComplete="off"
        className={styles.short}
        value={days}
        error={daysError}
        onChange={(event) => setDays(event.currentTarget.value)}
      />
      <Checkbox
        label={ts('settings.keepUploads')}
        description={ts('settings.keepUploadsHint')}
        checked={keepUploads}
        onChange={(event) => setKeepUploads(event.currentTarget.checked)}
      />
      {change.isError ? <ProblemNotice error={change.error} /> : undefined}
      <div>
        <Button type="submit" aria-disabled={change.isPending}>
          {ts('settings.saveRetention')}
        </Button>
      </div>
    </form>
  );
}
