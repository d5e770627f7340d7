import { IoTClient } from '@aws-sdk/client-iot';
import { createManualClock } from '../../src/clock.ts';
import { createFaults } from '../../src/faults.ts';
import { createFleet } from '../../src/fleet/fleet.ts';
import type { FleetSettings } from '../../src/fleet/plan.ts';
import { startGateway } from '../../src/gateway.ts';
import { createIotCore, type IotCoreAssumptions } from '../../src/services/iot-core/iot-core.ts';
import {
  createManagedIntegrations,
  type ManagedIntegrationsAssumptions,
} from '../../src/services/managed-integrations/managed-integrations.ts';
import type { ObjectStore } from '../../src/services/service.ts';
import { clientSettings } from './clients.ts';
import { createManagedIntegrationsClient } from './managed-integrations.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

export type Objects = ObjectStore & {
  put(bucket: string, key: string, body: string | Buffer, version?: string): void;
  makeUnversioned(bucket: string): void;
};

/** S3 as the OTA control planes see it. */
export function createObjects(): Objects {
  const bodies = new Map<string, { body: Buffer; version: string }>();
  const unversioned = new Set<string>();
  const find = (bucket: string, key: string, version?: string) => {
    const found = bodies.get(`${bucket}/${key}`);
    return found !== undefined && (version === undefined || version === found.version) ? found : undefined;
  };
  return {
    put: (bucket, key, body, version = 'v1') => {
      bodies.set(`${bucket}/${key}`, { body: Buffer.from(body), version });
    },
    makeUnversioned: (bucket) => {
      unversioned.add(bucket);
    },
    head: (bucket, key, version) => {
      const found = find(bucket, key, version);
      return found && { size: found.body.length, version: found.version };
    },
    get: (bucket, key, version) => find(bucket, key, version)?.body,
    isVersioned: (bucket) => !unversioned.has(bucket),
  };
}

/**
 * Both OTA control planes behind the real gateway on a free port, on a clock that the test moves, with clients. S3 has a
 * firmware (`firmware/app.bin`, version `v1`) and a job document (`documents/job.json`).
 */
export async function startOta(
  given: {
    readonly iot?: Partial<IotCoreAssumptions>;
    readonly mi?: Partial<ManagedIntegrationsAssumptions>;
    readonly fleet?: Partial<FleetSettings>;
  } = {},
) {
  const clock = createManualClock();
  const faults = createFaults({ clock });
  const fleet = createFleet(given.fleet);
  const objects = createObjects();
  objects.put('firmware', 'app.bin', 'the image');
  objects.put('documents', 'job.json', '{"steps":[]}');
  const written: { bucket: string; key: string; body: Buffer }[] = [];
  const shared = { clock, objects, faults, fleet, accountId: ACCOUNT, region: REGION };
  const core = createIotCore({ ...shared, ...given.iot, writeObject: (bucket, key, body) => written.push({ bucket, key, body }) });
  const integrations = createManagedIntegrations({ ...shared, ...given.mi });
  const services = [core, ...core.dataPlane, integrations];
  const gateway = await startGateway({ port: 0, accountId: ACCOUNT, services, faults });
  const settings = clientSettings(gateway);
  const iot = new IoTClient(settings);
  const mi = createManagedIntegrationsClient(gateway.endpoint);
  return {
    clock,
    faults,
    fleet,
    objects,
    written,
    core,
    integrations,
    iot,
    mi,
    endpoint: gateway.endpoint,
    async stop() {
      iot.destroy();
      await gateway.stop();
    },
  };
}

export type Ota = Awaited<ReturnType<typeof startOta>>;

/** The smallest valid CreateOTAUpdate: a custom-signed file for one thing, with `changes` over it. */
export function otaUpdate<T extends object>(otaUpdateId: string, changes?: T) {
  return {
    otaUpdateId,
    targets: [`arn:aws:iot:${REGION}:${ACCOUNT}:thing/thermostat-1`],
    roleArn: `arn:aws:iam::${ACCOUNT}:role/ota-service`,
    files: [
      {
        fileName: 'app',
        fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin', version: 'v1' } },
        codeSigning: {
          customCodeSigning: {
            signature: { inlineDocument: new TextEncoder().encode('MEUCIQ==') },
            certificateChain: { certificateName: 'cert.pem' },
            hashAlgorithm: 'SHA256',
            signatureAlgorithm: 'ECDSA',
          },
        },
      },
    ],
    ...changes,
  };
}

export function thingArn(name: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT}:thing/${name}`;
}

export function groupArn(name: string): string {
  return `arn:aws:iot:${REGION}:${ACCOUNT}:thinggroup/${name}`;
}
