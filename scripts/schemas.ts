import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { approvalSchema } from '../domain/release/approval.ts';
import { holdSchema, resumeSchema } from '../domain/release/hold.ts';
import { channelHeld, channelResumed, releaseApproved, releasePublished, releaseWithdrawn } from '../domain/release/intake.ts';
import { releaseSchema } from '../domain/release/release.ts';
import { withdrawalSchema } from '../domain/release/withdrawal.ts';
import { type OutcomeType, outcomeSchemas } from '../domain/rollout/outcome-schema.ts';
import { channelsJsonSchema } from './channels-schema.ts';
import { eventTypes } from './event-types.ts';
import { portable } from './portable-schema.ts';
import { withApprovalRules, withDifferentChannels, withReleaseRules } from './release-rules.ts';
import { approvalExample, holdExample, outcomeExamples, releaseExample, resumeExample, withdrawalExample } from './schema-examples.ts';
import { titled } from './schema-titles.ts';

/**
 * The files of schemas/, content by name. Each event has the JSON Schema of its `detail` and an example. The others are the schema
 * of channels.yml, and the types of all events for TypeScript. Throws if an example does not satisfy its schema.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  const incoming = [
    { detailType: releasePublished, schema: releaseSchema, rules: withReleaseRules, example: releaseExample },
    { detailType: releaseWithdrawn, schema: withdrawalSchema(), rules: withDifferentChannels, example: withdrawalExample },
    { detailType: releaseApproved, schema: approvalSchema(), rules: withApprovalRules, example: approvalExample },
    { detailType: channelHeld, schema: holdSchema(), rules: withDifferentChannels, example: holdExample },
    { detailType: channelResumed, schema: resumeSchema(), rules: (schema: object) => schema, example: resumeExample },
  ].map(({ detailType, schema, rules, example }) => {
    z.parse(schema, example);
    return { detailType, example, isIncoming: true, jsonSchema: rules(titled(z.toJSONSchema(schema, { io: 'input' }))) };
  });
  const outgoing = Object.entries(outcomeSchemas).map(([detailType, schema]) => {
    const example = outcomeExamples[detailType as OutcomeType];
    z.parse(schema, example);
    return { detailType, example, isIncoming: false, jsonSchema: titled(z.toJSONSchema(schema, { override: open })) };
  });
  const events = [...incoming, ...outgoing].map((event) => ({
    ...event,
    schema: { $id: schemaId(nameOf(event.detailType)), title: event.detailType, ...portable(event.jsonSchema) },
  }));
  return new Map([
    ['channels.schema.json', toText({ $id: schemaId('channels'), ...channelsJsonSchema() })],
    ['events.d.ts', eventTypes(events)],
    ...events.flatMap(({ detailType, schema, example }): [string, string][] => {
      const name = nameOf(detailType);
      return [
        [`${name}.schema.json`, toText(schema)],
        [`${name}.example.json`, toText(example)],
      ];
    }),
  ]);
}

/** The name of the files of an event. */
const nameOf = (detailType: string): string => detailType.toLowerCase().replaceAll(' ', '-');

/** A name for `$ref`, which leads nowhere. So no validator asks a host for it. */
const schemaId = (name: string): string => `urn:ota-dispatch:schema:${name}`;

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/**
 * An outcome may gain members. A consumer that validates with an old schema must accept a newer event. The format of an
 * instant is enough for a consumer.
 */
const open: Override = ({ jsonSchema }) => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
};

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '..', 'schemas');
  const files = schemaFiles();
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  console.log(`schemas/: ${files.size} files`);
}
