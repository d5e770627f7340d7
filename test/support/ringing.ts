import type { Template } from '../../scripts/compiled-template.ts';
import { alarms } from '../infrastructure/assertions/watched.ts';

/** A value of a metric of the service, measured `at` (epoch ms). */
export type Measurement = { readonly at: number; readonly name: string; readonly value: number };

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Maximum: (values) => Math.max(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  p95: (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0,
};

/**
 * The alarms on the metrics of the service that ring for these measurements, each with the instant (epoch ms) at which it first does, as
 * CloudWatch evaluates them: one datapoint for each period, and the alarm rings at the end of a period if enough of the last datapoints
 * are above the threshold. A period without measurements is not above it.
 * @throws if an alarm has something else, which this does not evaluate
 */
export function ringsOf(template: Template, measured: readonly Measurement[]): Map<string, number> {
  const rings = new Map<string, number>();
  for (const [id, { Properties: alarm }] of alarms(template)) {
    const own = measured.filter(({ name }) => name === alarm['MetricName']);
    if (own.length === 0) continue;
    const period = Number(alarm['Period']) * 1000;
    const statistic = STATISTICS[String(alarm['Statistic'] ?? alarm['ExtendedStatistic'])];
    if (!statistic || alarm['ComparisonOperator'] !== 'GreaterThanThreshold' || alarm['TreatMissingData'] !== 'notBreaching')
      throw new Error(`${id} cannot be evaluated`);
    const breaching = new Set<number>();
    for (const [start, values] of Map.groupBy(own, ({ at }) => Math.floor(at / period) * period)) {
      if (statistic(values.map(({ value }) => value)) > Number(alarm['Threshold'])) breaching.add(start);
    }
    const wanted = Number(alarm['DatapointsToAlarm'] ?? alarm['EvaluationPeriods']);
    const first = [...breaching]
      .sort((a, b) => a - b)
      .find((start) => {
        const window = Array.from({ length: Number(alarm['EvaluationPeriods']) }, (_, index) => start - index * period);
        return window.filter((one) => breaching.has(one)).length >= wanted;
      });
    if (first !== undefined) rings.set(id, first + period);
  }
  return rings;
}
