import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium, NO_CHROMIUM } from './chromium.ts';
import { command, exit } from './command.ts';

const usage = `Usage: npm run browser [-- OPTIONS] [FILES]

Tests the console in a real Chromium: the file in CHROME_PATH, or else chromium,
chromium-browser or google-chrome of the PATH. Without one it tests nothing and
ends with 0. In CI, where the variable CI is set, it then ends with 1.

  --screenshots  make docs/images/*.png anew, and test nothing`;

await command('browser', usage, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { screenshots: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    console.log(usage);
    return exit.ok;
  }
  const chromium = findChromium();
  if (chromium === undefined) {
    const isCi = (process.env['CI'] ?? '') !== '';
    const say = isCi ? console.error : console.log;
    say(`browser: ${NO_CHROMIUM}`);
    return isCi ? exit.failed : exit.ok;
  }
  const what = values.screenshots ? ['--mode', 'screenshots'] : [];
  return run(['vitest', 'run', '--config', 'test/browser/vitest.config.ts', ...what, ...positionals], { CHROME_PATH: chromium });
});

/** Runs a program of node_modules/.bin with further variables, and answers its exit status. */
async function run([program = '', ...args]: readonly string[], variables: NodeJS.ProcessEnv): Promise<number> {
  const path = join(import.meta.dirname, '..', 'node_modules', '.bin', program);
  const child = spawn(path, args, { stdio: 'inherit', env: { ...process.env, ...variables } });
  const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return status ?? exit.failed;
}
