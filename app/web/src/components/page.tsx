import { useEffect, useRef } from 'react';
import styles from './page.module.css';

/** Properties of {@link Page}. */
export interface PageProps {
  readonly title: string;
  /** One line under the title: what this page is for, or the state of its subject. */
  readonly lead?: React.ReactNode;
  /** Buttons at the right of the title. */
  readonly actions?: React.ReactNode;
  /** A link back to the page above this one. */
  readonly back?: React.ReactNode;
  readonly children: React.ReactNode;
}

let isFirstPage = true;

/** One page: document title, the only first-level heading, and the focus on it after a change of page. */
export function Page({ title, lead, actions, back, children }: PageProps): React.JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    // On a full load the browser starts at the top by itself; afterwards a screen reader must hear where it is.
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);

  return (
    <div className={styles.page}>
      <title>{`${title} · DataGuardian Pro`}</title>
      <header className={styles.head}>
        <div className={styles.titles}>
          {back}
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            {title}
          </h1>
          {lead ? <div className={styles.lead}>{lead}</div> : undefined}
        </div>
        {actions ? <div className={styles.actions}>{actions}</div> : undefined}
      </header>
      {children}
    </div>
  );
}
