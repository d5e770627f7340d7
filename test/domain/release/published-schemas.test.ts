import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { approvalSchema } from '../../../domain/release/approval.ts';
import { holdSchema, resumeSchema } from '../../../domain/release/hold.ts';
import { withdrawalSchema } from '../../../domain/release/withdrawal.ts';

/** A schema with members, as JSON. */
type ObjectSchema = { readonly properties: Readonly<Record<string, Record<string, unknown>>> };

const published = (name: string): ObjectSchema =>
  JSON.parse(readFileSync(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));

/** What is said of each member, but for what the published form writes in another way: patterns, and the items of a list. */
const membersOf = ({ properties }: ObjectSchema) =>
  Object.entries(properties).map(([name, { pattern, items: _items, uniqueItems: _uniqueItems, not, ...said }]) => ({
    ...{ name, ...said, hasPattern: pattern !== undefined },
    ...(pattern === undefined && { not }),
  }));

describe('the schema of a steering event', () => {
  it.each([
    ['firmware-release-withdrawn', withdrawalSchema],
    ['firmware-release-approved', approvalSchema],
    ['firmware-channel-held', holdSchema],
    ['firmware-channel-resumed', resumeSchema],
  ])('describes and bounds each member as the published one does: %s', (name, schema) => {
    expect(membersOf(z.toJSONSchema(schema(), { io: 'input' }) as ObjectSchema)).toEqual(membersOf(published(name)));
  });
});
