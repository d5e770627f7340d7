import type { ActionName, Reach } from '../api.ts';
import type { AskedAction } from './actions.ts';

/** The word on the button that carries an action out. */
export const verbs: Readonly<Record<ActionName, string>> = {
  publish: 'Publish',
  approve: 'Approve',
  deny: 'Deny',
  hold: 'Hold',
  resume: 'Resume',
  withdraw: 'Withdraw',
  redrive: 'Redrive',
};

/** The title of the dialog of an action, such as `Hold thermostat on stable`. */
export function titleOf(asked: AskedAction): string {
  switch (asked.action) {
    case 'publish':
      return 'Publish a release';
    case 'approve':
    case 'deny': {
      const { product, version, revision, channel } = asked.input;
      return sentence(verbs[asked.action], product, version, isLater(revision) && `revision ${revision}`, channel && `for ${channel}`);
    }
    case 'hold':
      return sentence('Hold', asked.input.product, onChannels(asked.input.channels));
    case 'resume':
      return sentence('Resume', asked.input.product);
    case 'withdraw': {
      const { product, version, revision, channels } = asked.input;
      return sentence('Withdraw', product, version, revision && `revision ${revision}`, channels && `from ${channels.join(', ')}`);
    }
    case 'redrive': {
      const { queue = '', messageId } = asked.input;
      return sentence('Redrive', messageId !== undefined && 'a message of', queues[queue] ?? queue);
    }
  }
}

/** The queues by the names by which an action moves their messages on. */
const queues: Readonly<Record<string, string>> = {
  rejected: 'the queue of rejected messages',
  releases: 'the dead-letter queue of releases',
  steering: 'the dead-letter queue of steering events',
  'follow-ups': 'the dead-letter queue of follow-ups',
  rule: 'the dead-letter queue of the bus rules',
};

/** The first revision of a version needs no mention. */
function isLater(revision: number | undefined): boolean {
  return revision !== undefined && revision > 1;
}

/** Such as `on beta, stable`. Nothing if it is every channel. */
function onChannels(channels: readonly string[] | undefined): string | undefined {
  return channels && `on ${channels.join(', ')}`;
}

function sentence(...parts: readonly (string | 0 | false | undefined)[]): string {
  return parts.filter((part) => part).join(' ');
}

/** Where the result of an action shows, as the words of a link. */
export const placeOfResult: Readonly<Record<ActionName, string>> = {
  publish: 'See the release',
  approve: 'See the rollout',
  deny: 'See the rollout',
  hold: 'See the channels',
  resume: 'See the channels',
  withdraw: 'See the release',
  redrive: 'See the queues',
};

/** How many devices a rollout would reach, such as `10 devices` or `at least 2,500 devices`. */
export function reachWords({ devices, isAtLeast }: Reach): string {
  if (devices === undefined) return 'unknown';
  return `${isAtLeast ? 'at least ' : ''}${devices.toLocaleString('en')} ${devices === 1 ? 'device' : 'devices'}`;
}
