import type { FaultMix } from '../fault-mix.ts';
import type { World } from '../world.ts';
import { type Job, statusOf } from './fleet.ts';

export type JobEvents = {
  /** Announces the end of a job that nobody stops. */
  readonly watch: (job: Job) => void;
  /** Announces at some time what became of a job. */
  readonly announce: (job: Pick<Job, 'id'>, operation: 'completed' | 'canceled' | 'deleted', at?: number) => void;
};

/** The rule that puts job events into a queue. AWS promises neither that one arrives nor that it arrives once, in time or in order. */
export function jobEvents(world: World, mix: FaultMix, put: (body: string) => void): JobEvents {
  const { chance } = world;
  const send = ({ id }: Pick<Job, 'id'>, operation: string): void => {
    if (mix.jobEvents === 0 || world.deviates('lost event', 'iot', mix.lostEvent)) return;
    const body = JSON.stringify({ jobId: id, operation });
    const isLate = world.deviates('late event', 'iot', mix.lateEvent);
    const times = world.deviates('doubled event', 'iot', mix.doubledEvent) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      world.after(isLate ? chance.number('late event', 2_000, 10 * 60_000) : chance.number('event', 50, 2_000), () => put(body));
    }
  };
  const announce: JobEvents['announce'] = (job, operation, at = world.now()) => world.after(at - world.now(), () => send(job, operation));
  return {
    announce,
    watch: (job) => {
      if (job.completesAt === undefined) return;
      world.after(job.completesAt - world.now(), () => {
        if (statusOf(job, world.now()) === 'COMPLETED') send(job, 'completed');
      });
    },
  };
}
