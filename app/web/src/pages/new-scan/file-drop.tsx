import { Button } from '@mantine/core';
import { useId, useRef, useState } from 'react';
import { IconFileUpload } from '../../components/icons.ts';
import { useTexts } from '../../i18n/texts.tsx';
import type { ChosenFile } from './chosen-file.ts';
import { fromDrop, fromInput } from './chosen-files.ts';
import styles from './new-scan.module.css';

/** Properties of {@link FileDrop}. */
export interface FileDropProps {
  readonly files: readonly ChosenFile[];
  readonly onChange: (files: readonly ChosenFile[]) => void;
  readonly error: string | undefined;
}

const shownFiles = 5;
/** Not in React's types, though every browser knows it. */
const folderOnly: object = { webkitdirectory: '' };

/** A place to drop files or folders, with buttons that do the same for those who do not drag. */
export function FileDrop({ files, onChange, error }: FileDropProps): React.JSX.Element {
  const { t, tn, format } = useTexts();
  const [isOver, setOver] = useState(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const id = useId();

  if (files.length > 0) {
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    return (
      <div className={styles.chosen}>
        <div className={styles.chosenHead}>
          <strong className="numbers">{`${tn('newScan.chosen', files.length)} · ${format.bytes(total)}`}</strong>
          <Button variant="default" size="xs" onClick={() => onChange([])}>
            {t('newScan.clear')}
          </Button>
        </div>
        <ul className={styles.fileList}>
          {files.slice(0, shownFiles).map(({ path, file }) => (
            <li key={path}>
              <span className="code">{path}</span>
              <span className="numbers dim">{format.bytes(file.size)}</span>
            </li>
          ))}
          {files.length > shownFiles ? <li className="dim">…</li> : undefined}
        </ul>
      </div>
    );
  }

  return (
    <div>
      <div
        className={styles.drop}
        data-over={isOver}
        data-invalid={error !== undefined}
        role="group"
        aria-describedby={`${id}-error`}
        aria-label={t('newScan.drop')}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void fromDrop(event.dataTransfer).then(onChange);
        }}
      >
        <IconFileUpload size={30} stroke={1.4} aria-hidden="true" />
        <p className={styles.dropTitle}>{t('newScan.drop')}</p>
        <p className="dim">{t('newScan.dropHint')}</p>
        <div className={styles.dropButtons}>
          <Button variant="default" onClick={() => fileInput.current?.click()}>
            {t('newScan.chooseFiles')}
          </Button>
          <Button variant="default" onClick={() => folderInput.current?.click()}>
            {t('newScan.chooseFolder')}
          </Button>
        </div>
        <input
          ref={fileInput}
          type="file"
          multiple
          hidden
          data-testid="files"
          onChange={(event) => onChange(fromInput(event.currentTarget.files))}
        />
        <input
          ref={folderInput}
          type="file"
          {...folderOnly}
          hidden
          data-testid="folder"
          onChange={(event) => onChange(fromInput(event.currentTarget.files))}
        />
      </div>
      <p id={`${id}-error`} className={styles.error} role="alert">
        {error}
      </p>
    </div>
  );
}
