import { describe, expect, it } from 'vitest';
import { loadingAhead } from '../../../handlers/dependencies/adapters-of-releases.ts';
import { ahead, whenFirstNeeded } from '../../../handlers/dependencies/when-first-needed.ts';
import { aRollout } from '../../../proof/support/a-rollout.ts';
import { servicesInMemory } from '../../../proof/support/services-in-memory.ts';

const release = { product: 'thermostat', version: '2.4.0', revision: 1, channels: ['beta'] };

/** The ledger in memory, and a list of its calls and of what begins to load, in their order. */
function recorded() {
  const done: string[] = [];
  const { ledger } = servicesInMemory().services;
  const part = (name: string) => ({ loadAhead: () => void done.push(name) });
  const parts = {
    lock: part('lock'),
    artifacts: part('artifacts'),
    queues: part('queues'),
    controlPlanes: { CreateOTAUpdate: part('CreateOTAUpdate'), CreateOtaTask: part('CreateOtaTask'), CreateJob: part('CreateJob') },
  };
  const calls: typeof ledger = {
    ...ledger,
    lookUp: (asked) => {
      done.push('look-up');
      return ledger.lookUp(asked);
    },
    accept: (first, accepted) => {
      done.push('claim');
      return ledger.accept(first, accepted);
    },
  };
  return { done, ledger: loadingAhead(calls, parts) };
}

describe('The function releases loads ahead', () => {
  it('the lock and the check of artifacts while it looks a release up', async () => {
    const { done, ledger } = recorded();
    const known = ledger.lookUp(release);
    expect(done).toEqual(['look-up', 'artifacts', 'lock']);
    expect(await known).toMatchObject({ rows: [] });
  });

  it('the control plane of the rollout and the queues while it claims', async () => {
    const { done, ledger } = recorded();
    const put = ledger.accept(aRollout({ operation: 'CreateJob' }), { ...release, releaseDigest: 'digest' } as never);
    expect(done).toEqual(['claim', 'CreateJob', 'queues']);
    expect(await put).toMatchObject({ claimed: true });
  });

  it('each part after what has just begun, so that a request leaves before the thread is busy', async () => {
    const done: string[] = [];
    ahead(async () => void done.push('load'))();
    for (let step = 0; step < 100; step += 1) await undefined;
    process.nextTick(() => done.push('request'));
    await new Promise(setImmediate);
    expect(done).toEqual(['request', 'load']);
  });

  it('nothing twice, and a part that cannot be loaded fails the call that needs it', async () => {
    let loads = 0;
    const part = whenFirstNeeded(async () => {
      loads += 1;
      throw new Error('no such part');
    });
    const loadAhead = ahead(part);
    loadAhead();
    loadAhead();
    await new Promise(setImmediate);
    await expect(part()).rejects.toThrow('no such part');
    expect(loads).toBe(1);
  });
});
