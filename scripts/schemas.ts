import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { releasePublished, releaseWithdrawn } from '../domain/release/intake.ts';
import { releaseSchema } from '../domain/release/release.ts';
import { withdrawalSchema } from '../domain/release/withdrawal.ts';
import { type OutcomeType, outcomeSchemas } from '../domain/rollout/outcome-schema.ts';
import { channelsJsonSchema } from './channels-schema.ts';
import { outcomeExamples, releaseExample, withdrawalExample } from './schema-examples.ts';

/**
 * The files of schemas/, content by name: for each event the JSON Schema of its `detail` and an example, and the schema of
 * channels.yml. Throws if an example does not satisfy its schema.
 */
export function schemaFiles(): ReadonlyMap<string, string> {
  const events: readonly [detailType: string, schema: z.core.$ZodType, example: unknown, io: 'input' | 'output'][] = [
    [releasePublished, releaseSchema, releaseExample, 'input'],
    [releaseWithdrawn, withdrawalSchema, withdrawalExample, 'input'],
    ...Object.entries(outcomeSchemas).map(([detailType, schema]): [string, z.core.$ZodType, unknown, 'output'] => [
      detailType,
      schema,
      outcomeExamples[detailType as OutcomeType],
      'output',
    ]),
  ];
  const files = new Map<string, string>([['channels.schema.json', toText(channelsJsonSchema())]]);
  for (const [detailType, schema, example, io] of events) {
    const name = detailType.toLowerCase().replaceAll(' ', '-');
    z.parse(schema, example);
    files.set(
      `${name}.schema.json`,
      toText({ title: `detail of ${detailType}`, ...z.toJSONSchema(schema, { io, ...(io === 'output' && { override: open }) }) }),
    );
    files.set(`${name}.example.json`, toText(example));
  }
  return files;
}

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** An outcome may gain members. A consumer that validates with an old schema must accept a newer event. */
const open: Override = ({ jsonSchema }) => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
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
