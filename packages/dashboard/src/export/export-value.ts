import { CATALOGUE, type CataloguedMetric } from '../history/catalogue.ts';

/** A metric as other systems take it: base units, names as in Prometheus. */
export interface ExportedMetric {
  readonly name: string;
  readonly help: string;
  readonly unit: CataloguedMetric['unit'];
  readonly value: number;
}

const MS_PER_SECOND = 1_000;

/** Every metric that was measured in the second that `values` is of. */
export function toExported(values: Float64Array): readonly ExportedMetric[] {
  return CATALOGUE.flatMap(({ exportName: name, unit, label }, index) => {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) return [];
    return [{ name, help: `${label.en}.`, unit, value: unit === 'ms' ? value / MS_PER_SECOND : value }];
  });
}

/** Exposition text (version 0.0.4): a gauge per metric, of the latest second. */
export function toPrometheusText(values: Float64Array): string {
  return toExported(values)
    .map(({ name, help, value }) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('');
}
