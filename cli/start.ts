import { helpOf, startService } from '../local/start.ts';
import { ota } from '../scripts/installation.ts';

const help = `${helpOf(`${ota} start`)}

Exit status:
  0    ended by Ctrl-C, its usual end; with --exit after the examples
  1    an example did not end as it declares, the service cannot be packaged, or
       a port is in use
  2    wrong usage, or a file that cannot be read`;

/** `ota start`. Answers 0 after Ctrl-C, and with `--exit` if each example that was published ended as it declares. */
export function run(args: readonly string[]): Promise<number> {
  return startService(args, help);
}
