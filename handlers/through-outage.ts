import { type Operation, operations } from '../domain/request/control-planes.ts';
import type { ControlPlane, Ports, TimeLeft } from '../domain/rollout/ports.ts';
import type { Services } from './services.ts';

const MS_BETWEEN_TRIES = 2_000;

/** A batch ends with its slowest record. So a longer wait would keep releases for a control plane that answers behind those for one that is away. */
const LONGEST_WAIT_MS = 5_000;

/** A record that has waited still needs a turn within the quota, and the 20 s without which no create is sent. */
const MIN_MS_LEFT_AFTER_A_WAIT = 30_000;

/** A look leaves 9 s of the time that it gets. So the last one ends with about as much left as a record needs. */
const MS_KEPT_FROM_A_LOOK = 20_000;

type Needed = Pick<Services, 'controlPlanes' | 'pause' | 'telemetry' | 'now'> & {
  /** Whether an error says that an AWS service did not answer, or that it failed itself. */
  readonly isAway: (error: unknown) => boolean;
};
type Unsent = Parameters<Ports['untilAnswering']>[0];

/**
 * Lets releases wait while a control plane is away. `controlPlanes` are those that were given, and each remembers whether AWS answered its last
 * create. If it did not, `untilAnswering` looks at AWS every 2 s until it answers, for 5 s or until 30 s are left to the invocation. So an
 * outage costs a few creates, which are left to follow-ups, and not one for each turn within the quota. It sends no create and repeats none.
 * It never throws: a record without time goes on as if AWS had answered.
 *
 * `untilRead` reads, and reads again every 2 s while `isAway` says so of the error and more than 30 s are left. So an outage of seconds sends
 * no backlog back into its queue, where each record would be hidden for six minutes. It throws what the last read threw.
 */
export function throughOutages({
  controlPlanes,
  pause,
  telemetry,
  now,
  isAway,
}: Needed): Pick<Ports, 'controlPlanes' | 'untilAnswering' | 'untilRead'> {
  const silent = new Set<Operation>();
  const looks = new Map<Operation, Promise<void>>();

  const noticing = (operation: Operation): ControlPlane => ({
    ...controlPlanes[operation],
    create: async (input) => {
      const reply = await controlPlanes[operation].create(input);
      if (reply.kind === 'unknown') silent.add(operation);
      else silent.delete(operation);
      return reply;
    },
  });

  async function look({ operation, ...rollout }: Unsent, { millisecondsLeft }: TimeLeft): Promise<void> {
    // Nothing was sent, so a search among older tasks would find nothing.
    const subject = { ...rollout, attempt: 1, aws: {}, unansweredCreates: { count: 0, firstSentAt: now() } };
    try {
      await controlPlanes[operation].look(subject, 'creation', { millisecondsLeft: () => millisecondsLeft() - MS_KEPT_FROM_A_LOOK });
      silent.delete(operation);
    } catch (error) {
      telemetry.problem('AWS did not answer the last create, nor a look; the release waits', error, { rolloutId: rollout.rolloutId });
      await pause(MS_BETWEEN_TRIES);
    } finally {
      looks.delete(operation);
    }
  }

  return {
    controlPlanes: Object.fromEntries(operations.map((operation) => [operation, noticing(operation)])) as Record<Operation, ControlPlane>,
    untilAnswering: async (rollout, time) => {
      const { operation } = rollout;
      const end = now() + LONGEST_WAIT_MS;
      while (silent.has(operation) && now() < end && time.millisecondsLeft() > MIN_MS_LEFT_AFTER_A_WAIT) {
        // All records that wait share one look.
        const current = looks.get(operation) ?? look(rollout, time);
        looks.set(operation, current);
        await current;
      }
    },
    untilRead: async (read, { who, millisecondsLeft }) => {
      for (;;) {
        try {
          return await read();
        } catch (error) {
          if (!isAway(error) || millisecondsLeft() < MIN_MS_LEFT_AFTER_A_WAIT + MS_BETWEEN_TRIES) throw error;
          telemetry.problem('AWS did not answer a read; the record waits', error, { who });
          await pause(MS_BETWEEN_TRIES);
        }
      }
    },
  };
}
