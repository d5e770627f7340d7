import { createFaults } from '../../local/faults.ts';
import { createFleet } from '../../local/fleet/fleet.ts';
import type { FleetSettings } from '../../local/fleet/plan.ts';
import { createDynamoDb } from '../../local/services/dynamodb.ts';
import { createEventBridge } from '../../local/services/eventbridge.ts';
import { createIotCore, type IotCoreAssumptions } from '../../local/services/iot-core.ts';
import { createManagedIntegrations } from '../../local/services/managed-integrations.ts';
import { createS3 } from '../../local/services/s3.ts';
import type { Clock, Service } from '../../local/services/service.ts';
import { createSqs } from '../../local/services/sqs.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/**
 * The services of the embedded AWS without an endpoint, for tests that put their own between them and the service.
 * `worldClock` is the control planes' and the devices'.
 */
export function createStandIns(given: {
  readonly clock: Clock;
  readonly worldClock: Clock;
  readonly fleetSettings?: Partial<FleetSettings>;
  readonly iotCore?: Partial<IotCoreAssumptions>;
}) {
  const { clock, worldClock } = given;
  const faults = createFaults({ clock });
  const shared = { clock, accountId: ACCOUNT, region: REGION };
  const sqs = createSqs(shared);
  const s3 = createS3({ clock });
  const fleet = createFleet(given.fleetSettings);
  const neighbours = { ...shared, clock: worldClock, objects: s3.objects, faults, fleet };
  const services: readonly Service[] = [
    sqs,
    createDynamoDb(shared),
    createEventBridge({ ...shared, queues: sqs }),
    s3,
    createIotCore({ ...neighbours, writeObject: s3.writeObject, ...given.iotCore }),
    createManagedIntegrations(neighbours),
  ];
  return { faults, fleet, objects: s3.objects, services, endLongPolls: sqs.endLongPolls };
}
