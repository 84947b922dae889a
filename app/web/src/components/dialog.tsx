import { useEffect, useId, useRef } from 'react';
import { CloseButton } from '@mantine/core';
import { useTexts } from '../i18n/texts.tsx';
import styles from './dialog.module.css';

/** Properties of {@link Dialog}. */
export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** A side sheet instead of a box in the middle. */
  readonly isSheet?: boolean;
  /** Room for a table. */
  readonly isWide?: boolean;
  readonly children: React.ReactNode;
}

/** A modal box on the browser's own `dialog`: focus stays inside, Escape closes, the page behind is inert. */
export function Dialog({ title, onClose, isSheet, isWide, children }: DialogProps): React.JSX.Element {
  const { t } = useTexts();
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();

  useEffect(() => {
    const opener = document.activeElement;
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);

  return (
    <dialog
      ref={box}
      className={isSheet ? styles.sheet : isWide ? styles.wide : styles.box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <div className={styles.inner}>
        <div className={styles.head}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          <CloseButton aria-label={t('action.close')} onClick={onClose} />
        </div>
        {children}
      </div>
    </dialog>
  );
}
