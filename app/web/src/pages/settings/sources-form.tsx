import { Button, Checkbox, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../api/types.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useSettingsTexts } from '../../i18n/use-settings-texts.ts';
import { parseScanRoots } from './parse-settings.ts';
import styles from './settings.module.css';
import { useChangeSettings } from './use-change-settings.ts';

/** Properties of {@link SourcesForm}. */
export interface SourcesFormProps {
  readonly settings: Settings;
}

/** Which folders and networks of the server may be scanned: for administrators of the first organisation. */
export function SourcesForm({ settings }: SourcesFormProps): React.JSX.Element {
  const { t: ts } = useSettingsTexts();
  const [folders, setFolders] = useState(settings.scanRoots.join('\n'));
  const [allowPrivateAddresses, setAllow] = useState(settings.allowPrivateAddresses);
  const [isChecked, setChecked] = useState(false);
  const change = useChangeSettings();
  const scanRoots = parseScanRoots(folders);
  const foldersError = isChecked && scanRoots === undefined ? ts('settings.foldersWrong') : undefined;

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (scanRoots !== undefined && !change.isPending) change.mutate({ scanRoots, allowPrivateAddresses });
      }}
    >
      <Textarea
        label={ts('settings.folders')}
        description={ts('settings.foldersHint')}
        rows={4}
        spellCheck={false}
        autoComplete="off"
        value={folders}
        error={foldersError}
        onChange={(event) => setFolders(event.currentTarget.value)}
      />
      <Checkbox
        label={ts('settings.internal')}
        description={ts('settings.internalHint')}
        checked={allowPrivateAddresses}
        onChange={(event) => setAllow(event.currentTarget.checked)}
      />
      {change.isError ? <ProblemNotice error={change.error} /> : undefined}
      <div>
        <Button type="submit" aria-disabled={change.isPending}>
          {ts('settings.saveSources')}
        </Button>
      </div>
    </form>
  );
}
