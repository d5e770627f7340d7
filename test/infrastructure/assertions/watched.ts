import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, get, list, of, resource, unless } from './assertion.ts';

export const alarms = (t: Template) => of(t, 'AWS::CloudWatch::Alarm');

/** Whether an alarm watches this metric for this value of a dimension. */
export const watched = (t: Template, metric: string, value: string) =>
  alarms(t).some(
    ([, { Properties }]) => Properties['MetricName'] === metric && list(Properties['Dimensions']).some((d) => get(d, 'Value') === value),
  );

/** Of these queues or functions, those whose metric no alarm watches. */
export const missing = (t: Template, metric: string, values: string[]) =>
  values.filter((value) => !watched(t, metric, `ota-dispatch-local-${value}`));

/** The longest gap (s) between two measurements that the alarm survives without ending, because one of them is enough for it. */
export function gapOf(t: Template, id: string): number {
  const { EvaluationPeriods, DatapointsToAlarm, Statistic, Period } = resource(t, id).Properties;
  return DatapointsToAlarm === 1 && Statistic !== 'Average' ? Number(Period) * (Number(EvaluationPeriods) - 1) : 0;
}

/** Checks that an alarm watches a metric that the service itself publishes. */
export const reported = (metric: string, id: string): Assertion => ({
  name: `there is an alarm on ${metric}`,
  check: (t) => unless(watched(t, metric, 'ota-dispatch') && watched(t, metric, 'local'), metric),
  mutate: (t) => {
    delete t.Resources[id];
  },
});
