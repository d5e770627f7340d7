import { accountId, artifact, source } from './fixtures.ts';

const envelope = (detailType: string, detail: object, members: object = {}) =>
  JSON.stringify({ version: '0', id: 'e-1', account: accountId, source, 'detail-type': detailType, ...members, detail });

/** The source that approves, holds and resumes in tests. */
export const approver = 'com.acme.release-board';

/** The body of a message that publishes thermostat 2.0.0 on `beta`; `changes` on top. */
export function aPublication(changes: object = {}): string {
  const { jobDocument: _, ...file } = artifact;
  return envelope('Firmware Release Published', {
    product: 'thermostat',
    version: '2.0.0',
    channels: ['beta'],
    artifacts: [file],
    ...changes,
  });
}

/** The body of a message that withdraws thermostat 2.0.0. */
export function aWithdrawal(changes: object = {}, members: object = {}): string {
  return envelope('Firmware Release Withdrawn', { product: 'thermostat', version: '2.0.0', ...changes }, members);
}

/** The body of a message that approves thermostat 2.0.0 on `stable`, from the approver. `members` of the envelope on top. */
export function anApproval(changes: object = {}, members: object = {}): string {
  const detail = { product: 'thermostat', version: '2.0.0', channels: ['stable'], ...changes };
  return envelope('Firmware Release Approved', detail, { id: 'a-1', source: approver, ...members });
}

/** The body of a message that holds all channels of thermostat. */
export function aHold(changes: object = {}, members: object = {}): string {
  const detail = { product: 'thermostat', holdId: 'radio-fails', reason: 'Loses its network', ...changes };
  return envelope('Firmware Channel Held', detail, { id: 'h-1', source: approver, ...members });
}

/** The body of a message that ends that hold. */
export function aResume(changes: object = {}, members: object = {}): string {
  const detail = { product: 'thermostat', holdId: 'radio-fails', ...changes };
  return envelope('Firmware Channel Resumed', detail, { id: 'r-1', source: approver, ...members });
}
