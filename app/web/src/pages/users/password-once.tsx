import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './users.module.css';

/** Properties of {@link PasswordOnce}. */
export interface PasswordOnceProps {
  readonly email: string;
  readonly password: string;
  readonly onClose: () => void;
}

/** A generated password, shown this once, with a button to copy it. */
export function PasswordOnce({ email, password, onClose }: PasswordOnceProps): React.JSX.Element {
  const { t } = useTexts();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className={styles.form}>
      <p className={styles.text}>{t('users.passwordOnce')}</p>
      <output className={styles.password} aria-label={t('users.passwordOf', { email })}>
        {password}
      </output>
      <div className={styles.actions}>
        <Button
          variant="default"
          onClick={() => void navigator.clipboard.writeText(password).then(() => setCopied(true))}
        >
          {isCopied ? t('action.copied') : t('action.copy')}
        </Button>
        <Button onClick={onClose}>{t('action.close')}</Button>
      </div>
    </div>
  );
}
