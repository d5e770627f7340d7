import { describe, expect, it } from 'vitest';
import { pipelineOf } from '../../../console/page/parts/pipeline-columns.ts';

const channel = (name: string, ...after: string[]) => ({
  channel: name,
  ...(after.length > 0 && { gate: { after: after.map((each) => ({ channel: each })) } }),
});
const columnsOf = (...channels: ReturnType<typeof channel>[]) => pipelineOf(channels).map((column) => column.map((each) => each.channel));

describe('the channels of a product', () => {
  it('stand side by side if they do not wait for one another', () => {
    expect(columnsOf(channel('beta'), channel('stable'))).toEqual([['beta', 'stable']]);
  });

  it('stand behind those that their gates name', () => {
    expect(columnsOf(channel('beta'), channel('stable', 'beta'), channel('eu', 'stable'))).toEqual([['beta'], ['stable'], ['eu']]);
  });

  it('stand behind the last of those that their gates name, wherever the file has them', () => {
    expect(columnsOf(channel('all', 'stable', 'lab'), channel('stable', 'beta'), channel('beta'), channel('lab'))).toEqual([
      ['beta', 'lab'],
      ['stable'],
      ['all'],
    ]);
  });

  it('keep the order of the file in a column', () => {
    expect(columnsOf(channel('beta'), channel('eu', 'beta'), channel('us', 'beta'))).toEqual([['beta'], ['eu', 'us']]);
  });

  it('are shown even if a gate names no channel that is there, or a circle', () => {
    expect(columnsOf(channel('beta'), channel('stable', 'gone'))).toEqual([['beta', 'stable']]);
    expect(columnsOf(channel('a', 'b'), channel('b', 'a'), channel('c', 'c')).flat().sort()).toEqual(['a', 'b', 'c']);
  });

  it('may be missing', () => {
    expect(columnsOf()).toEqual([]);
  });
});
