import type { SeriesAnswer, SeriesLine } from '../api/series.ts';

/**
 * A table of one row a point, RFC 4180, with a header: `time` (ISO 8601, UTC), a column per metric with its unit, and
 * the compared values beside them. Nothing measured is an empty field.
 */
export function toCsv({ from, stepMs, lines, compare }: SeriesAnswer): string {
  const columns = [...lines, ...(compare?.lines ?? [])];
  const header = ['time', ...lines.map(toName), ...(compare?.lines ?? []).map((line) => `${toName(line)} compared`)];
  const count = lines[0]?.values.length ?? 0;
  const rows = Array.from({ length: count }, (_, index) => [
    new Date(from + index * stepMs).toISOString(),
    ...columns.map(({ values }) => values[index]?.toString() ?? ''),
  ]);
  return [header, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

function toName({ metric, unit }: SeriesLine): string {
  return `${metric} (${unit})`;
}
