import type { Gate, UpstreamRule } from '../../domain/gate/gate.ts';

/** What a gate asks for, one text for each part. */
export function gateInWords({ after = [], approval, allowedTimes = [] }: Gate): string[] {
  const times = allowedTimes.map(({ cron, timeZone }) => `"${cron}" ${timeZone}`);
  return [
    ...after.map(ruleInWords),
    ...(approval ? [approvalInWords(approval)] : []),
    ...(times.length > 0 ? [`allowed times ${times.join(' or ')}`] : []),
  ];
}

function ruleInWords(rule: UpstreamRule): string {
  const { channel, minSucceededPercentage, maxFailedPercentage, minNumberOfExecutedThings, soakMinutes } = rule;
  const soak = soakMinutes === 0 ? '' : `, for ${soakMinutes} minutes`;
  const devices = minNumberOfExecutedThings === 1 ? '' : `, at least ${minNumberOfExecutedThings} devices have ended`;
  return `after ${channel}: at least ${minSucceededPercentage} % succeeded, at most ${maxFailedPercentage} % failed${devices}${soak}`;
}

function approvalInWords({ required, skip }: NonNullable<Gate['approval']>): string {
  const skippable = skip.length === 0 ? '' : `, which may skip ${skip.join(', ')}`;
  return `${required} ${required === 1 ? 'approval' : 'approvals'}${skippable}`;
}
