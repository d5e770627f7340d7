import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../local/next-steps.ts';

const usual = { endpoint: 'http://127.0.0.1:4566', channels: undefined, release: 'my.json', product: 'lock' };

describe('the commands that npm start prints', () => {
  it('need no option for channels.yml at the usual port', () => {
    expect(nextSteps(usual)).toEqual([
      'npm run ota -- status',
      'npm run ota -- rejected',
      'npm run ota -- publish my.json --upload app.bin',
      'npm run ota -- hold lock --reason "a try"',
      'npm run ota -- resume lock',
      'npm run ota -- fault throttle --service iot --times 3',
    ]);
  });

  it('have the channels file of the service where something is judged with it', () => {
    expect(nextSteps({ ...usual, channels: '../mine.yml' }).filter((line) => line.includes('--channels'))).toEqual([
      'npm run ota -- publish my.json --upload app.bin --channels ../mine.yml',
      'npm run ota -- hold lock --reason "a try" --channels ../mine.yml',
      'npm run ota -- resume lock --channels ../mine.yml',
    ]);
  });

  it('all have the endpoint of another port', () => {
    const endpoint = 'http://127.0.0.1:4600';
    const lines = nextSteps({ ...usual, endpoint });
    expect(lines.filter((line) => line.endsWith(` --endpoint ${endpoint}`))).toEqual(lines);
  });

  it.each(['my channels.yml', "it's.yml", '$HOME.yml', 'a;b.yml', '*.yml'])('quote the file %j for a shell', (channels) => {
    const [typed = ''] = nextSteps({ ...usual, channels }).flatMap((line) => line.match(/--channels (.+)$/)?.[1] ?? []);
    expect(execFileSync('sh', ['-c', `printf %s ${typed}`], { encoding: 'utf8' })).toBe(channels);
  });
});
