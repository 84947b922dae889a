import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { Settings } from '../../api/types.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { useFactorTexts } from '../../i18n/use-factor-texts.ts';
import styles from './settings.module.css';
import { useChangeSettings } from './use-change-settings.ts';

/** Properties of {@link SignInForm}. */
export interface SignInFormProps {
  readonly settings: Settings;
}

/** What administrators need beside their password. */
export function SignInForm({ settings }: SignInFormProps): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const [isRequired, setRequired] = useState(settings.adminsNeedSecondFactor);
  const change = useChangeSettings();
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) change.mutate({ adminsNeedSecondFactor: isRequired });
      }}
    >
      <Checkbox
        label={tf('settings.factor')}
        description={tf('settings.factorHint')}
        checked={isRequired}
        onChange={(event) => setRequired(event.currentTarget.checked)}
      />
      {change.isError ? <ProblemNotice error={change.error} /> : undefined}
      <div>
        <Button type="submit" aria-disabled={change.isPending}>
          {tf('settings.saveSignIn')}
        </Button>
      </div>
    </form>
  );
}
