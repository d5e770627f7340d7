import { formatPath } from 'aws-ota-models';
import { type LineProblem, lineText } from '../domain/channels/lines.ts';
import { channelsOf, regionOf } from '../operator/stage/channels-of-stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit } from '../scripts/command.ts';
import { ota } from '../scripts/installation.ts';
import { printError, printHelp } from '../scripts/layout.ts';
import { printJson } from './json-output.ts';
import { judgeChannels } from './judge-channels.ts';
import { accountOf, checkStageName, offlineHelp, offlineOptions } from './offline-options.ts';

const help = `Usage: ${ota} check [OPTIONS]

Validates channels.yml: its structure, its variables, and every limit of the AWS
requests. Finds channels that can never work, gates that can never open, ARNs of
another partition, region or account, and signatures that belong to one binary.
Without --account, an ARN of another account is only a warning.

Warns about channels that share a target, and about members that AWS gets even
if a release has others. Warns about managed integrations in a region where AWS
documents no such service, and about URLs that devices cannot read.

Prints each error as FILE:LINE: PATH: RULE.

${offlineHelp}
  --json         print JSON for a program

Exit status:
  0    valid, with or without warnings
  1    invalid
  2    wrong usage`;

/** `ota check`. Answers 0 if the file is valid, with or without warnings, and 1 if it is not. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { ...offlineOptions, json: { type: 'boolean', default: false } },
  });
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const { name, text } = channelsOf(values.stage, values.channels);
  const region = regionOf(values.stage, values.region);
  checkStageName(values.stage, region);
  const account = accountOf(values.account);
  const { channels: read, errors, warnings } = judgeChannels(text, { ...account, region, stage: values.stage });
  const ok = errors.length === 0;
  const products = Object.values(read?.products ?? {});
  const channels = products.flatMap((product) => Object.keys(product.channels));
  if (values.json) {
    printJson({
      ok,
      products: products.length,
      channels: channels.length,
      errors: errors.map(asText),
      warnings: warnings.map(asText),
    });
  } else {
    for (const warning of warnings) printError(lineText(name, warning, 'warning: '));
    for (const error of errors) printError(lineText(name, error));
    if (ok) console.log(`${name}: ok, ${count(products.length, 'product')}, ${count(channels.length, 'channel')}`);
    else console.error(`${name}: ${count(errors.length, 'error')}`);
  }
  return ok ? exit.ok : exit.failed;
}

const asText = ({ line, path, message }: LineProblem) => ({ line, path: formatPath(path), message });

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
