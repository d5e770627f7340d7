import type { Channels } from '../../domain/channels/schema.ts';
import type { Sighting } from '../../domain/rollout/observation.ts';
import { advance } from '../../handlers/advance.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { minutes, someCounts } from '../../proof/support/a-rollout.ts';
import { otaUpdateChannel, source } from '../../proof/support/fixtures.ts';
import { anApproval, aPublication, approver } from '../../proof/support/messages.ts';
import { anInvocation, servicesInMemory } from '../../proof/support/services-in-memory.ts';

/** Ten devices, and all have succeeded. */
export const healthy = someCounts({ succeeded: 10 });
/** An update that is live. */
export const live = { kind: 'exists', job: 'live', aws: { jobId: 'j' }, counts: healthy } as const satisfies Sighting;

/** The product thermostat with `beta`, and `stable` behind this gate. */
export const gated = (gate: object, beta: object = {}): Channels => ({
  artifactBuckets: ['acme-firmware'],
  products: {
    thermostat: {
      sources: [source],
      approvers: [approver],
      channels: {
        beta: otaUpdateChannel({}, { unsigned: 'allow', ...beta }),
        stable: otaUpdateChannel({}, { unsigned: 'allow', ...gate }),
      },
    },
  },
});

/** A stage with one product. Every update that AWS has is live, and every device has succeeded. */
export function stageOf(channels: Channels) {
  const world = servicesInMemory({ channels });
  world.planes.CreateOTAUpdate.sighting = live;
  let services = world.services;
  let messages = 0;
  const identity = (version: string, channel: string) => ({ product: 'thermostat', version, revision: 1, channel });
  const stage = {
    world,
    /** Lets the service process a message. Each is a new event, unless `again` names an earlier one. */
    async take(body: string, again?: string) {
      messages += 1;
      const id = again ?? `e-${messages}`;
      const event = JSON.stringify({ ...JSON.parse(body), id });
      return receive(readMessage(`m-${messages}`, event, services.allowedAccounts), anInvocation(), services);
    },
    look: (version: string, channel: string, ledger = services.ledger) =>
      advance(identity(version, channel), anInvocation(), { ...services, ledger }),
    /** Lets every look that the sweep would cause happen, for this version, until nothing changes. */
    async sweep(...versions: readonly string[]) {
      for (let round = 0; round < 3; round += 1) {
        for (const version of versions) for (const channel of ['beta', 'stable']) await stage.look(version, channel);
      }
    },
    async publish(version: string, ...channels: readonly string[]) {
      return stage.take(aPublication({ version, channels: channels.length > 0 ? channels : ['beta', 'stable'] }));
    },
    approve: (version: string) => stage.take(anApproval({ version })),
    row: (version: string, channel: string) => world.rowAt(identity(version, channel)),
    /** `STATE` or `STATE (CODE)` of the rollout on a channel. */
    state(version: string, channel: string) {
      const row = stage.row(version, channel);
      return row?.code ? `${row.state} (${row.code})` : row?.state;
    },
    /** For what the rollout waits. */
    waits: (version: string, channel = 'stable') => Object.keys(stage.row(version, channel)?.waits?.since ?? {}).sort(),
    /** How many creates were sent for a channel of a version. */
    sent: (version: string, channel: string) => {
      const rolloutId = stage.row(version, channel)?.rolloutId ?? 'none';
      return world.planes.CreateOTAUpdate.sent.filter(({ otaUpdateId }) => String(otaUpdateId).startsWith(rolloutId)).length;
    },
    lastOutcome: (detailType: string) => world.published.findLast((event) => event.detailType === detailType)?.detail,
    pass(count: number) {
      world.clock.now += minutes(count);
    },
    configure(changed: Channels) {
      services = { ...services, channels: changed };
    },
  };
  return stage;
}
