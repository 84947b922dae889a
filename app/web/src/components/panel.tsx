import { useId } from 'react';
import styles from './panel.module.css';

/** Properties of {@link Panel}. */
export interface PanelProps {
  readonly title: string;
  readonly note?: React.ReactNode;
  readonly actions?: React.ReactNode;
  /** Without inner space, for tables and lists that reach the edges. */
  readonly isFlush?: boolean;
  readonly children: React.ReactNode;
}

/** A titled surface: one subject of a page. */
export function Panel({ title, note, actions, isFlush, children }: PanelProps): React.JSX.Element {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 id={id} className={styles.title}>
            {title}
          </h2>
          {note ? <p className={styles.note}>{note}</p> : undefined}
        </div>
        {actions}
      </div>
      <div className={isFlush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
