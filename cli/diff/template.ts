import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { UsageError } from '../../scripts/command.ts';
import { oneLine } from '../../scripts/layout.ts';

/** A resource of a template, with `Properties` that are there even if the template leaves them out. */
export type Resource = { readonly Type: string; readonly Properties: JsonObject; readonly [attribute: string]: unknown };

/** A CloudFormation template by its parts. `rest` has the members of the template that are neither resources nor outputs. */
export type Template = {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly outputs: ReadonlyMap<string, unknown>;
  readonly rest: JsonObject;
};

/** A value of a template as a list. Without a value the list is empty. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Reads a JSON value as a template. `name` is its file, for messages. Throws UsageError if it is not a template with resources. */
export function templateOf(value: unknown, name: string): Template {
  const refuse = (why: string) => new UsageError(`${oneLine(name)} is not a CloudFormation template: ${why}`);
  if (!isRecord(value)) throw refuse('it is not a JSON object');
  const { Resources, Outputs = {}, ...rest } = value;
  if (!isRecord(Resources)) throw refuse('it has no Resources');
  if (!isRecord(Outputs)) throw refuse('its Outputs are not a JSON object');
  const resources = Object.entries(Resources).map(([id, resource]) => {
    if (!isRecord(resource) || typeof resource['Type'] !== 'string') throw refuse(`the resource ${oneLine(id)} has no Type`);
    const { Properties = {} } = resource;
    if (!isRecord(Properties)) throw refuse(`the Properties of ${oneLine(id)} are not a JSON object`);
    return [id, { ...resource, Type: resource['Type'], Properties }] as const;
  });
  return { resources: new Map(resources), outputs: new Map(Object.entries(Outputs)), rest };
}

/** The stage that a template was compiled for, by the name of its ledger. Undefined for a template of something else. */
export function stageOf({ resources }: Template): string | undefined {
  const name = resources.get('LedgerTable')?.Properties['TableName'];
  return typeof name === 'string' ? /^ota-dispatch-(.+)-ledger$/.exec(name)?.[1] : undefined;
}
