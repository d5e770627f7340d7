import type { RolloutSummary } from '../../api.ts';

type Gate = NonNullable<RolloutSummary['gate']>;

/** What a gate asks for, a short text for each part: `80 % of beta succeeded`, `8 min soak`, `1 approval`. */
export function gateWords({ after = [], approval, allowedTimes = [] }: Gate): readonly string[] {
  return [
    ...after.flatMap(({ channel, minSucceededPercentage, maxFailedPercentage, minNumberOfExecutedThings, soakMinutes }) => [
      `${minSucceededPercentage} % of ${channel} succeeded`,
      `at most ${maxFailedPercentage} % failed`,
      ...(minNumberOfExecutedThings > 1 ? [`at least ${minNumberOfExecutedThings} devices ended`] : []),
      ...(soakMinutes > 0 ? [`${soakWords(soakMinutes)} soak`] : []),
    ]),
    ...(approval ? [`${approval.required} ${approval.required === 1 ? 'approval' : 'approvals'}`] : []),
    ...allowedTimes.map(({ cron, timeZone }) => `allowed times ${cron} ${timeZone}`),
  ];
}

/** Minutes in their largest unit that fits: `8 min`, `2 h`, `1 d`. */
function soakWords(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  if (minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}
