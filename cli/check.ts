import { parseArgs } from 'node:util';
import { eventPatternOf, judgeEventPattern } from '../domain/channels/event-pattern.ts';
import { type LineFault, readChannelsFile } from '../domain/channels/lines.ts';
import type { Channels } from '../domain/channels/schema.ts';
import { channelsOf } from './channels-of-stage.ts';
import { exit, givenAccount } from './command.ts';

const help = `Usage: npm run ota -- check [--channels FILE] [--account ID] [--region R] [--stage S] [--json]

Validates channels.yml: structure, variables, every limit of the AWS requests, channels that can never work.
Warns of channels that share a target. Errors are FILE:LINE: PATH: RULE.`;

/** `ota check`: 0 where the file is right (with or without warnings), 1 where it is not. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      channels: { type: 'string' },
      account: { type: 'string', default: '000000000000' },
      region: { type: 'string', default: 'us-east-1' },
      stage: { type: 'string', default: 'local' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const { name, text } = channelsOf(values.stage, values.channels);
  const file = readChannelsFile(text, { accountId: givenAccount(values.account), region: values.region, stage: values.stage });
  const errors = file.ok ? judgeSources(file.channels, text, values.account) : file.errors;
  const ok = errors.length === 0;
  const warnings = file.ok ? file.warnings : [];
  const products = file.ok ? Object.values(file.channels.products) : [];
  const channels = products.flatMap((product) => Object.keys(product.channels));
  if (values.json) {
    console.log(JSON.stringify({ ok, products: products.length, channels: channels.length, errors, warnings }));
  } else {
    for (const warning of warnings) console.error(line(name, warning, 'warning: '));
    for (const error of errors) console.error(line(name, error, ''));
    if (ok) console.log(`${name}: ok, ${count(products.length, 'product')}, ${count(channels.length, 'channel')}`);
    else console.error(`${name}: ${count(errors.length, 'error')}`);
  }
  return ok ? exit.ok : exit.refused;
}

/** A file whose sources do not fit one rule cannot be deployed. Further accounts of the stage are not known here. */
function judgeSources({ products }: Channels, text: string, account: string): LineFault[] {
  const sources = new Set(Object.values(products).flatMap((product) => product.sources));
  const message = judgeEventPattern(eventPatternOf([account], [...sources]));
  const line = text.split('\n').findIndex((start) => /^["']?products\b/.test(start)) + 1;
  return message === undefined ? [] : [{ line: Math.max(line, 1), path: 'products', message }];
}

function line(name: string, fault: LineFault, kind: string): string {
  return `${name}:${fault.line}: ${kind}${fault.path}: ${fault.message}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
