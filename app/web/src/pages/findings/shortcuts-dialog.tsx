import { Dialog } from '../../components/dialog.tsx';
import type { PlainKey } from '../../i18n/message-keys.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './findings.module.css';

const shortcuts: readonly (readonly [keys: readonly string[], meaning: PlainKey])[] = [
  [['j', 'k'], 'findings.key.move'],
  [['x'], 'findings.key.select'],
  [['c'], 'findings.key.confirm'],
  [['f'], 'findings.key.false_positive'],
  [['a'], 'findings.key.accept'],
  [['r'], 'findings.key.fixed'],
  [['o'], 'findings.key.reopen'],
  [['/'], 'findings.key.search'],
  [['?'], 'findings.key.help'],
];

/** The keys of the findings table. */
export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const { t } = useTexts();
  return (
    <Dialog title={t('findings.shortcutsTitle')} onClose={onClose}>
      <dl className={styles.shortcuts}>
        {shortcuts.map(([keys, meaning]) => (
          <div key={meaning}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(meaning)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
