import { accountId, artifact, source } from './fixtures.ts';

const envelope = (detailType: string, detail: object) =>
  JSON.stringify({ version: '0', id: 'e-1', account: accountId, source, 'detail-type': detailType, detail });

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
export function aWithdrawal(changes: object = {}): string {
  return envelope('Firmware Release Withdrawn', { product: 'thermostat', version: '2.0.0', ...changes });
}
