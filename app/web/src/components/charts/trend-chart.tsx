import { useId, useState } from 'react';
import { useElementSize } from '@mantine/hooks';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './charts.module.css';

/** One point of a trend: a moment and a count. */
export interface TrendPoint {
  readonly at: string;
  readonly count: number;
}

/** Properties of {@link TrendChart}. */
export interface TrendChartProps {
  readonly points: readonly TrendPoint[];
  /** What is counted; the chart's name for a screen reader. */
  readonly label: string;
}

const margin = { top: 12, right: 10, bottom: 24, left: 14 };
const digitWidth = 6.6;
const gridLines = 4;

/** The next round number at or above `value` that splits into four whole steps. */
export function roundUpScale(value: number): number {
  const step = Math.max(1, value / gridLines);
  const power = 10 ** Math.floor(Math.log10(step));
  const nice = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= step && (factor * power) % 1 === 0) ?? 10;
  return nice * power * gridLines;
}

/** A count over time as a filled line, with the value under the pointer and a table for those who cannot see it. */
export function TrendChart({ points, label }: TrendChartProps): React.JSX.Element {
  const { format } = useTexts();
  const { ref, width, height } = useElementSize();
  const [active, setActive] = useState<number>();
  const gradient = useId();

  const top = roundUpScale(Math.max(1, ...points.map(({ count }) => count)));
  const edge = { ...margin, left: margin.left + digitWidth * format.number(top).length };
  const innerWidth = Math.max(0, width - edge.left - edge.right);
  const innerHeight = Math.max(0, height - edge.top - edge.bottom);
  const x = (index: number): number =>
    edge.left + (points.length > 1 ? (index / (points.length - 1)) * innerWidth : innerWidth / 2);
  const y = (count: number): number => edge.top + innerHeight * (1 - count / top);
  const line = points.map(({ count }, index) => `${index === 0 ? 'M' : 'L'}${x(index)},${y(count)}`).join('');
  const area = `${line}L${x(points.length - 1)},${y(0)}L${x(0)},${y(0)}Z`;
  const labelled = [0, Math.floor((points.length - 1) / 2), points.length - 1].filter(
    (index, place, all) => index >= 0 && all.indexOf(index) === place,
  );
  const shown = active === undefined ? undefined : points[active];

  return (
    <div ref={ref} className={styles.trend}>
      {width > 0 ? (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={label}
          onPointerLeave={() => setActive(undefined)}
          onPointerMove={(event) => {
            const at = (event.clientX - event.currentTarget.getBoundingClientRect().left - edge.left) / innerWidth;
            setActive(Math.min(points.length - 1, Math.max(0, Math.round(at * (points.length - 1)))));
          }}
        >
          <defs>
            <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
              <stop offset="0" stopColor="var(--chart-line)" stopOpacity="0.22" />
              <stop offset="1" stopColor="var(--chart-line)" stopOpacity="0.02" />
            </linearGradient>
          </defs>
          {Array.from({ length: gridLines + 1 }, (_, row) => (top / gridLines) * row).map((value) => (
            <g key={value}>
              <line className={styles.grid} x1={edge.left} x2={width - edge.right} y1={y(value)} y2={y(value)} />
              <text className={styles.tick} x={edge.left - 8} y={y(value) + 4} textAnchor="end">
                {format.number(value)}
              </text>
            </g>
          ))}
          <path d={area} fill={`url(#${gradient})`} />
          <path d={line} className={styles.line} />
          {labelled.map((index) => (
            <text
              key={index}
              className={styles.tick}
              x={x(index)}
              y={height - 6}
              textAnchor={index === 0 ? 'start' : index === points.length - 1 ? 'end' : 'middle'}
            >
              {format.moment(points[index]?.at ?? 0)}
            </text>
          ))}
          {active !== undefined && shown ? (
            <g>
              <line className={styles.cursor} x1={x(active)} x2={x(active)} y1={edge.top} y2={y(0)} />
              <circle className={styles.dot} cx={x(active)} cy={y(shown.count)} r="4" />
            </g>
          ) : undefined}
        </svg>
      ) : undefined}
      {active !== undefined && shown ? (
        <div
          className={styles.bubble}
          style={{ left: Math.min(width - 70, Math.max(70, x(active))), top: y(shown.count) }}
        >
          <strong>{format.number(shown.count)}</strong> {format.dateTime(shown.at)}
        </div>
      ) : undefined}
      <table className={styles.forReaders}>
        <caption>{label}</caption>
        <tbody>
          {points.map(({ at, count }) => (
            <tr key={at}>
              <th scope="row">{format.dateTime(at)}</th>
              <td>{format.number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
