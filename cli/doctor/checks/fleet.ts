import { type Answer, unread } from '../answer.ts';
import { type Check, failure, ok, warning } from '../check.ts';
import type { Profile, Target } from '../gather/fleet.ts';
import type { Named } from '../wanted.ts';

/**
 * The platforms of AWS Signer whose signatures devices check: FreeRTOS, and the plain SHA-256 with ECDSA of AWS IoT Device
 * Management (AWS Signer developer guide, "Code signing for AWS IoT"). The others sign Lambda code and container images.
 */
const DEVICE_PLATFORM = /^AmazonFreeRTOS-|^AWSIoTDeviceManagement-SHA256-ECDSA$/;

/** Whether a signing profile can sign firmware. */
export function checkProfile({ name, channels }: Named, profile: Answer<Profile>): Check[] {
  const id = 'signing-profile';
  const subject = `signing profile ${name}`;
  if (profile.kind === 'unread') return [unread(id, subject, profile)];
  if (profile.kind === 'absent')
    return [failure(id, `${subject} of ${channels.join(', ')} does not exist`, 'create it in AWS Signer, or correct signingProfileName')];
  const { status, platform } = profile.value;
  if (status !== 'Active')
    return [
      failure(
        id,
        `${subject} is ${status}`,
        `create another profile and name it in ${channels.join(', ')}: AWS Signer does not reactivate this one`,
      ),
    ];
  return [
    ok(id, `${subject} is active`),
    DEVICE_PLATFORM.test(platform)
      ? ok('signing-profile-platform', `${subject} signs for ${platform}`)
      : failure(
          'signing-profile-platform',
          `${subject} signs for ${platform}, which devices do not check`,
          'use a profile of the platform AmazonFreeRTOS-Default or AWSIoTDeviceManagement-SHA256-ECDSA',
        ),
  ];
}

/** Whether a target exists and how many things it has. The local AWS simulates the devices of a target that nobody registered. */
export function checkTarget({ arn, group, things }: Target, { channels }: Pick<Named, 'channels'>, isLocal: boolean): Check[] {
  const users = channels.join(', ');
  if (group.kind === 'unread') return [unread('target-exists', arn, group)];
  if (group.kind === 'absent')
    return [
      isLocal
        ? warning(
            'target-exists',
            `${arn} of ${users} is not registered`,
            'nothing, the local AWS simulates its devices. On AWS, create it',
          )
        : failure('target-exists', `${arn} of ${users} does not exist`, 'create it, or correct targets in the channels file'),
    ];
  const dynamic = group.value.query === undefined ? '' : `, a dynamic group of ${group.value.query}`;
  return [ok('target-exists', `${arn}${dynamic}`), checkSize(arn, things)];
}

function checkSize(arn: string, things: Target['things']): Check {
  const id = 'target-size';
  if (things.kind === 'unread') return unread(id, `the things of ${arn}`, things);
  const { count, more } = things.kind === 'found' ? things.value : { count: 0, more: false };
  if (count > 0) return ok(id, `${arn} reaches ${more ? 'more than ' : ''}${count} ${count === 1 ? 'thing' : 'things'}`);
  return warning(id, `${arn} has no things`, 'add things to the group before you release. A snapshot of an empty group updates nothing');
}

/** Targets that several channels update. Nothing if there are no targets. */
export function checkShared(targets: readonly Named[]): Check[] {
  const id = 'target-shared';
  const shared = targets.filter(({ channels }) => channels.length > 1);
  if (targets.length === 0) return [];
  if (shared.length === 0) return [ok(id, 'no two channels share a target')];
  return shared.map(({ name, channels }) =>
    warning(
      id,
      `${channels.join(' and ')} update ${name}`,
      'give each channel its own target, or the device takes whichever update comes last',
    ),
  );
}

/** Whether managed integrations can be reached. Nothing if no channel needs it. */
export function checkEndpoint(answers: readonly Answer<true>[], region: string): Check[] {
  const id = 'managed-integrations-endpoint';
  if (answers.length === 0) return [];
  const failed = answers.find((answer) => answer.kind === 'unread' && answer.reason === 'failed');
  if (failed?.kind !== 'unread') return [ok(id, `managed integrations answers in ${region}`)];
  return [
    failure(
      id,
      `managed integrations cannot be reached in ${region}: ${failed.why}`,
      'use a region that has it, see the check managed-integrations-region, or check the network',
    ),
  ];
}

/** Whether a task configuration exists. */
export function checkTaskConfiguration({ name, channels }: Named, answer: Answer<true>, isLocal: boolean): Check {
  const id = 'task-configuration';
  const subject = `task configuration ${name}`;
  if (answer.kind === 'found') return ok(id, subject);
  if (answer.kind === 'unread') return unread(id, subject, answer);
  const users = channels.join(', ');
  return isLocal
    ? warning(id, `${subject} of ${users} does not exist`, 'nothing, the local AWS uses defaults instead. On AWS, create it')
    : failure(id, `${subject} of ${users} does not exist`, 'create it in managed integrations, or correct TaskConfigurationId');
}
