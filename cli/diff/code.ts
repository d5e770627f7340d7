import { isRecord } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import type { Resource, Template } from './template.ts';

/** The SHA-256 of the code of each function whose code is known, as Lambda writes it, by the function's logical id. */
export type Code = ReadonlyMap<string, string>;

/** Where a saved template keeps what it knows of the code. CloudFormation does nothing with Metadata. */
const METADATA = 'OtaDispatch';

/** The logical ids of all functions of a template, with the zip of each and its name at AWS, if the template has them. */
export function functionsIn({ resources }: Template): readonly { readonly id: string; readonly zip?: string; readonly name?: string }[] {
  return [...resources]
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([id, { Properties }]) => {
      const { Code, FunctionName } = Properties;
      const key = isRecord(Code) ? Code['S3Key'] : undefined;
      return {
        id,
        ...(typeof key === 'string' && { zip: key.split('/').at(-1) ?? '' }),
        ...(typeof FunctionName === 'string' && { name: FunctionName }),
      };
    });
}

/** What a template itself says of the code: in a version of a function, or because `ota diff --save` wrote it. */
export function codeIn({ resources, rest }: Template): Code {
  const code = new Map<string, string>();
  const metadata = isRecord(rest['Metadata']) ? rest['Metadata'][METADATA] : undefined;
  const saved = isRecord(metadata) && isRecord(metadata['code']) ? metadata['code'] : {};
  for (const [id, digest] of Object.entries(saved)) if (typeof digest === 'string') code.set(id, digest);
  for (const version of resources.values()) {
    const [of, digest] = [functionOf(version), version.Properties['CodeSha256']];
    if (of !== undefined && typeof digest === 'string') code.set(of, digest);
  }
  return code;
}

/** The members of a template file to save, with what is known of its code. */
export function withCode(template: JsonObject, code: Code): JsonObject {
  const metadata = isRecord(template['Metadata']) ? template['Metadata'] : {};
  return { ...template, Metadata: { ...metadata, [METADATA]: { code: Object.fromEntries(code) } } };
}

/**
 * A template without what is only about the code: versions of functions, whose logical ids have a hash, the time in the key of a zip,
 * and what {@link withCode} added. Each version has the name `FUNCTION.Version` in `nameOf`.
 */
export function withoutCode({ resources, outputs, rest }: Template): {
  readonly template: Template;
  readonly nameOf: (id: string) => string;
} {
  const versions = new Map<string, string>();
  const others = new Map<string, Resource>();
  for (const [id, resource] of resources) {
    const of = functionOf(resource);
    if (of === undefined) others.set(id, withoutTime(resource));
    else versions.set(id, `${of}.Version`);
  }
  const { Metadata, ...members } = rest;
  const metadata = isRecord(Metadata) ? Object.entries(Metadata).filter(([name]) => name !== METADATA) : undefined;
  const kept = metadata === undefined ? Metadata : Object.fromEntries(metadata);
  const isLeft = kept !== undefined && !(isRecord(kept) && Object.keys(kept).length === 0);
  const template = { resources: others, outputs, rest: isLeft ? { ...members, Metadata: kept } : members };
  return { template, nameOf: (id) => versions.get(id) ?? id };
}

/** The logical id of the function of a version. Undefined for every other resource. */
function functionOf({ Type, Properties }: Resource): string | undefined {
  const { FunctionName } = Properties;
  const ref = Type === 'AWS::Lambda::Version' && isRecord(FunctionName) ? FunctionName['Ref'] : undefined;
  return typeof ref === 'string' ? ref : undefined;
}

/** The key of a zip as the serverless CLI makes it has the time of packaging, in ms and as a text. */
const TIME = /\/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z\//;

function withoutTime(resource: Resource): Resource {
  const { Code } = resource.Properties;
  if (resource.Type !== 'AWS::Lambda::Function' || !isRecord(Code) || typeof Code['S3Key'] !== 'string') return resource;
  const S3Key = Code['S3Key'].replace(TIME, '/TIME/');
  return { ...resource, Properties: { ...resource.Properties, Code: { ...Code, S3Key } } };
}
