import { Link } from '@tanstack/react-router';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './charts.module.css';

/** One bar of a {@link BarList}. */
export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  /** Filters of the findings page that show what the bar counts. */
  readonly search: Readonly<Record<string, string>>;
}

/** Named counts as horizontal bars, longest first; each leads to its findings. */
export function BarList({ bars }: { readonly bars: readonly Bar[] }): React.JSX.Element {
  const { format } = useTexts();
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <ul className={styles.bars}>
      {bars
        .toSorted((a, b) => b.count - a.count)
        .map(({ key, label, count, search }) => (
          <li key={key}>
            <Link to="/findings" search={search} className={styles.bar}>
              <span className={styles.barLabel}>{label}</span>
              <span className={styles.barCount}>{format.number(count)}</span>
              <span className={styles.barTrack} aria-hidden="true">
                <span className={styles.barFill} style={{ width: `${(100 * count) / most}%` }} />
              </span>
            </Link>
          </li>
        ))}
    </ul>
  );
}
