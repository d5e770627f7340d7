import { createFaults } from 'embedded-aws/src/faults.ts';
import { createFleet } from 'embedded-aws/src/fleet/fleet.ts';
import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import { createDynamoDb } from 'embedded-aws/src/services/dynamodb/dynamodb.ts';
import { createEventBridge } from 'embedded-aws/src/services/eventbridge/eventbridge.ts';
import { createIotCore, type IotCoreAssumptions } from 'embedded-aws/src/services/iot-core/iot-core.ts';
import { createManagedIntegrations } from 'embedded-aws/src/services/managed-integrations/managed-integrations.ts';
import { createS3 } from 'embedded-aws/src/services/s3/s3.ts';
import type { Clock, Service } from 'embedded-aws/src/services/service.ts';
import { createSqs } from 'embedded-aws/src/services/sqs/sqs.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/**
 * The services of the embedded AWS without an endpoint, for tests with their own transport. `worldClock` is the clock of
 * the control planes and the devices.
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
