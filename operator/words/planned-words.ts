import { controlPlanes } from '../../domain/request/control-planes.ts';
import type { JudgedRollout } from '../../domain/rollout/judge-plan.ts';
import { gateInWords } from './gate-words.ts';

/** What a planned rollout will do, for people. `others` are all rollouts of its release. */
export function plannedLines(rollout: JudgedRollout, others: readonly JudgedRollout[]): string[] {
  const { channel, operation, gate, reasons = [] } = rollout;
  const when = reasons.length === 0 ? 'at once' : 'as soon as it waits for nothing more';
  const asks = gate === undefined ? [] : [`${channel} has a gate: ${gateInWords(gate).join('; ')}`];
  const waits = reasons.map(({ reason, message, channel: before }) => {
    const isHereToo = reason === 'UPSTREAM_MISSING' && others.some((other) => other.channel === before);
    return `${channel} waits: ${message}${isHereToo ? `, and this release is for ${before}, too` : ''}`;
  });
  return [`${channel}: ${operation} of ${SERVICES[controlPlanes[operation].service]} is sent ${when}`, ...asks, ...waits];
}

const SERVICES = { iot: 'AWS IoT', iotmanagedintegrations: 'managed integrations' } as const;
