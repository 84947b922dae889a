import styles from './empty-state.module.css';

/** Properties of {@link EmptyState}. */
export interface EmptyStateProps {
  readonly title: string;
  /** Why it is empty and what will fill it. */
  readonly children?: React.ReactNode;
  readonly action?: React.ReactNode;
}

/** Says why nothing is here, what will fill it, and offers the one next step. */
export function EmptyState({ title, children, action }: EmptyStateProps): React.JSX.Element {
  return (
    <div className={styles.empty}>
      <svg width="44" height="44" viewBox="0 0 44 44" aria-hidden="true" className={styles.art}>
        <rect x="5" y="9" width="34" height="8" rx="3" />
        <rect x="5" y="21" width="24" height="8" rx="3" />
        <rect x="5" y="33" width="14" height="4" rx="2" />
      </svg>
      <p className={styles.title}>{title}</p>
      {children ? <div className={styles.text}>{children}</div> : undefined}
      {action ? <div className={styles.action}>{action}</div> : undefined}
    </div>
  );
}
