import { readFileSync } from 'node:fs';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as iot from '@aws-sdk/client-iot';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { pages } from '../../scripts/snippets.ts';

/** The SDK's clients by the service's name in the AWS CLI. */
const CLIENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { dynamodb, events: eventbridge, iot, s3api: s3, sqs };
/** Options that the AWS CLI adds to every command. */
const GLOBAL = ['query', 'output', 'region', 'profile', 'cli-input-json'];

type Command = { readonly text: string; readonly service: string; readonly operation: string; readonly options: readonly string[] };

/** The commands of the AWS CLI on a page, in code blocks and in inline code. */
function commandsOn(page: string): Command[] {
  const found = [...page.matchAll(/\baws ([a-z][a-z0-9-]+) ((?:wait )?[a-z][a-z0-9-]+)((?:\\\n|[^`\n|])*)/g)];
  return found.map(([text, service = '', operation = '', rest = '']) => ({
    text: text.trim(),
    service,
    operation,
    options: [...rest.matchAll(/(?:^|\s)--([a-z][a-z0-9-]*)/g)].map(([, option = '']) => option),
  }));
}

const plain = (name: string) => name.replaceAll('-', '').toLowerCase();
const named = (client: Readonly<Record<string, unknown>>, name: string) =>
  Object.entries(client).find(([exported]) => exported.toLowerCase() === plain(name))?.[1];

/** The members of an operation's input, from the schema that the SDK's command has. */
function membersOf(Operation: unknown): string[] {
  const { schema } = new (Operation as new (input: object) => { readonly schema: readonly unknown[] })({});
  const input = (schema[4] as () => readonly unknown[])();
  return input[4] as string[];
}

/** What is wrong with a command: its operation or its options do not exist. */
function faultsOf({ text, service, operation, options }: Command): string[] {
  const client = CLIENTS[service];
  if (client === undefined) return [];
  const waiter = /^wait (.+)$/.exec(operation)?.[1];
  if (waiter !== undefined) return named(client, `waituntil${plain(waiter)}`) === undefined ? [`${text}: no such waiter`] : [];
  const Operation = named(client, `${plain(operation)}command`);
  if (Operation === undefined) return [`${text}: no such operation`];
  const members = membersOf(Operation).map(plain);
  const isKnown = (option: string) => [option, option.replace(/^no-/, '')].some((name) => members.includes(plain(name)));
  return options.filter((option) => !GLOBAL.includes(option) && !isKnown(option)).map((option) => `${text}: no option --${option}`);
}

describe('Every command of the AWS CLI', () => {
  it.each(pages)('on %s exists, with its options', (file) => {
    expect(commandsOn(readFileSync(file, 'utf8')).flatMap(faultsOf)).toEqual([]);
  });

  it.each(['docs/how-to/deploy.md', 'docs/how-to/runbook.md'])('is found on %s, which has many', (file) => {
    const commands = commandsOn(readFileSync(file, 'utf8'));
    expect(commands.filter(({ service }) => service in CLIENTS).length).toBeGreaterThan(5);
  });

  it.each([
    ['aws dynamodb swap-tables --table-name x', 'aws dynamodb swap-tables --table-name x: no such operation'],
    [
      'aws dynamodb restore-table-from-backup --table-name x',
      'aws dynamodb restore-table-from-backup --table-name x: no option --table-name',
    ],
    ['aws dynamodb wait table-gone --table-name x', 'aws dynamodb wait table-gone --table-name x: no such waiter'],
  ])('is compared with the SDK: %s', (page, fault) => {
    expect(commandsOn(page).flatMap(faultsOf)).toEqual([fault]);
  });
});
