import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../../../i18n/texts.tsx';
import { useFactorTexts } from '../../../i18n/use-factor-texts.ts';
import styles from './second-factor.module.css';

/** Properties of {@link RecoveryCodesOnce}. */
export interface RecoveryCodesOnceProps {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** Recovery codes, shown this once, with a button to copy them. */
export function RecoveryCodesOnce({ codes, onClose }: RecoveryCodesOnceProps): React.JSX.Element {
  const { t: tf } = useFactorTexts();
  const { t } = useTexts();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className={styles.form}>
      <p className={styles.text}>{tf('factor.codesNote')}</p>
      <ul className={styles.codes} aria-label={tf('factor.codes')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button
          variant="default"
          onClick={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => setCopied(true))}
        >
          {isCopied ? t('action.copied') : t('action.copy')}
        </Button>
        <Button onClick={onClose}>{tf('factor.kept')}</Button>
      </div>
    </div>
  );
}
