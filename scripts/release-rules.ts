import { isRecord } from 'aws-ota-models';
import { canonicalBase64 } from '../domain/release/fields.ts';

/*
 * The rules between members of the events that come in, in JSON Schema. The functions that parse them check the same rules with
 * messages of their own. JSON Schema cannot express that one instant is after another. It cannot count the bytes of an S3 key
 * either, and it knows no lone surrogates.
 */

type Schema = Record<string, unknown>;

// biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
const when = (condition: Schema, rule: Schema): Schema => ({ if: condition, then: rule });
const isInS3: Schema = {
  type: 'object',
  properties: { fileLocation: { type: 'object', properties: { s3Location: true }, required: ['s3Location'] } },
  required: ['fileLocation'],
};
const isJobDocument: Schema = { type: 'object', properties: { jobDocument: { const: true } }, required: ['jobDocument'] };
const signedByJob: Schema = {
  type: 'object',
  properties: { codeSigning: { type: 'object', properties: { awsSignerJobId: true }, required: ['awsSignerJobId'] } },
  required: ['codeSigning'],
};
const hasNoLocation: Schema = { type: 'object', properties: { fileLocation: false } };
const hasDigest: Schema = { type: 'object', properties: { sha256: true }, required: ['sha256'] };

/** Adds the rules between members to the JSON Schema of a release, and returns it. */
export function withReleaseRules(schema: object): object {
  const artifacts = member(schema, 'artifacts');
  const artifact = Object(artifacts['items']);
  Object.assign(member(schema, 'channels'), { uniqueItems: true });
  Object.assign(artifacts, { contains: isJobDocument, minContains: 0, maxContains: 1 });
  Object.assign(artifact, {
    dependentSchemas: {
      fileLocation: when(isInS3, hasDigest),
      jobDocument: when(isJobDocument, isInS3),
    },
    ...when(hasNoLocation, signedByJob),
  });
  Object.assign(member(artifact, 'fileLocation'), { minProperties: 1, maxProperties: 1 });
  const codeSigning = member(artifact, 'codeSigning');
  Object.assign(codeSigning, { maxProperties: 1 });
  const signature = member(member(member(codeSigning, 'customCodeSigning'), 'signature'), 'inlineDocument');
  Object.assign(signature, { minLength: 1, pattern: canonicalBase64.source.replace('^', `^(?!${hexText})`) });
  return schema;
}

/** Text in hex that is as long as a signature. It would be base64 as well. */
const hexText = '[0-9a-f]{64,}$|[0-9A-F]{64,}$';

/** Adds to the JSON Schema of an event that its channels are different, and returns it. */
export function withDifferentChannels(schema: object): object {
  Object.assign(member(schema, 'channels'), { uniqueItems: true });
  return schema;
}

/** Adds the rules between members to the JSON Schema of an approval, and returns it. */
export function withApprovalRules(schema: object): object {
  Object.assign(member(schema, 'skip'), { uniqueItems: true });
  return Object.assign(withDifferentChannels(schema), { dependentRequired: { skip: ['comment'] } });
}

function member(schema: object, name: string): Schema {
  const found = Object(Object(schema).properties)[name];
  if (!isRecord(found)) throw new Error(`the schema has no member ${name}`);
  return found;
}
