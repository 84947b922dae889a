import styles from './charts.module.css';

/** Properties of {@link Sparkline}. */
export interface SparklineProps {
  readonly values: readonly number[];
  readonly width?: number;
  readonly height?: number;
}

/** The last values as a small line without axes; decoration beside a written number. */
export function Sparkline({ values, width = 160, height = 36 }: SparklineProps): React.JSX.Element {
  const most = Math.max(1, ...values);
  const path = values
    .map((value, index) => {
      const x = values.length > 1 ? (index / (values.length - 1)) * width : width;
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)},${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`;
    })
    .join('');
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {values.length > 1 ? <path d={path} className={styles.line} /> : undefined}
    </svg>
  );
}
