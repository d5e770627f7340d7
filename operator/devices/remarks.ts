import type { Devices } from './devices-of.ts';
import type { Wanted } from './execution.ts';

/** What is known of the devices of a rollout, after they were listed. */
type Listed = Pick<Devices, 'name' | 'givesReasons'> & { readonly isLost: boolean };

/** Why there is nothing to show of a rollout, or what AWS does not report. `seen` counts the devices that were listed. */
export function remarksOn(
  { name, isLost, givesReasons }: Listed,
  { state }: Pick<Wanted, 'state'>,
  seen: { readonly devices: number; readonly failed: number },
): string[] {
  if (name === undefined) return ['nothing of it is at AWS as far as the service knows, so it has no devices'];
  if (isLost) return [`AWS has no ${name}, so it lists no devices`];
  if (seen.devices === 0) return [state === undefined ? 'AWS lists no devices for it yet' : `AWS lists no device that is ${state}`];
  return seen.failed > 0 && !givesReasons ? ['managed integrations does not report why a device failed'] : [];
}
