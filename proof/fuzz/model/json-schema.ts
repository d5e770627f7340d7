import { Ajv2020, type AnySchemaObject, type ErrorObject } from 'ajv/dist/2020.js';
import { instantOf } from './instant.ts';

/** One thing wrong with a value: where, the keyword of the schema that says so, and the keywords that lead to it. */
export type SchemaFlaw = { readonly path: readonly string[]; readonly keyword: string; readonly within: readonly string[] };

/**
 * Strict: a keyword or format that Ajv does not know makes `compile` throw. Only own members count, as a hostile body
 * can name what every object inherits.
 */
const ajv = new Ajv2020({ strict: true, allErrors: true, ownProperties: true });
/** The contract's instants. The format of ajv-formats also takes leap seconds, and a space instead of the T. */
ajv.addFormat('date-time', (text: string) => instantOf(text) !== undefined);
ajv.addFormat('base64', (text: string) => Buffer.from(text, 'base64').toString('base64') === text);
/** How many decimals a number may have. `multipleOf` would judge the double instead of what is written. */
ajv.addKeyword({
  keyword: 'decimals',
  type: 'number',
  schemaType: 'number',
  validate: (decimals: number, value: number) => new RegExp(`^\\d+(\\.\\d{1,${decimals}})?$`).test(String(value)),
});

/** Returns everything that a JSON Schema (2020-12) finds wrong with a value. Throws if it cannot judge the whole schema. */
export function compileSchema(schema: AnySchemaObject): (value: unknown) => readonly SchemaFlaw[] {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(flawOf));
}

/** Ajv reports a missing, unknown or misnamed member at the object that has it; a flaw's path ends with the member. */
function flawOf({ instancePath, keyword, params, propertyName, schemaPath }: ErrorObject): SchemaFlaw {
  const steps = instancePath.split('/').slice(1);
  const member: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName'] ?? propertyName;
  return {
    path: [...steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')), ...(typeof member === 'string' ? [member] : [])],
    keyword,
    within: schemaPath.split('/').slice(1),
  };
}
