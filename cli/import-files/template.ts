import { UsageError } from '../../scripts/command.ts';

/** A CloudFormation template, with the members that an import needs. */
export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly [member: string]: unknown;
};

export type Resource = {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
};

/** A resource of the template that exists at AWS, and the id under which CloudFormation imports it. */
export type Survivor = { readonly logicalId: string; readonly type: string; readonly id: string };

/** What `aws cloudformation create-change-set` takes as `--template-body` and `--resources-to-import`. */
export type ImportFiles = { readonly template: string; readonly resources: string };

/** The member that names a resource to import, by its type (CloudFormation, "Resource type support"). */
const identifiers: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::KMS::Key': 'KeyId',
};

/** The longest template that CreateChangeSet takes as TemplateBody, in bytes. */
const TEMPLATE_BYTES_MAX = 51_200;

/**
 * The resources of a template that CloudFormation keeps when it deletes the stack, by their logical ids. Throws an Error for a
 * type that this command cannot import.
 */
export function keptResources(template: Template): ReadonlyMap<string, Resource> {
  const kept = Object.entries(template.Resources).filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy.startsWith('Retain'));
  const foreign = kept.find(([, { Type }]) => identifiers[Type] === undefined);
  if (foreign !== undefined) throw new Error(`${foreign[0]} is a ${foreign[1].Type}, which import-files cannot import`);
  return new Map(kept);
}

/**
 * The files that import survivors into a stack. `packaged` is the template that would be deployed. `current` is the template of
 * the stack, because an import may change nothing else, or undefined if there is no stack. Throws UsageError if a survivor refers
 * to a resource that did not survive, or if the template is too long to be given as a text.
 */
export function importFilesOf(packaged: Template, survivors: readonly Survivor[], current: Template | undefined): ImportFiles {
  const imported = Object.fromEntries(survivors.map(({ logicalId }) => [logicalId, packaged.Resources[logicalId] as Resource]));
  const whole: Template = { AWSTemplateFormatVersion: '2010-09-09', ...current, Resources: { ...current?.Resources, ...imported } };
  for (const [logicalId, resource] of Object.entries(imported)) {
    const missing = referencesIn(resource).find((name) => packaged.Resources[name] !== undefined && whole.Resources[name] === undefined);
    if (missing === undefined) continue;
    throw new UsageError(
      `${logicalId} needs ${missing}, which did not survive: package the stage with other parameters, or delete ${logicalId} at AWS`,
    );
  }
  const template = JSON.stringify(whole);
  const bytes = Buffer.byteLength(template);
  if (bytes > TEMPLATE_BYTES_MAX)
    throw new UsageError(
      `the template of the import has ${bytes} bytes, and CloudFormation takes at most ${TEMPLATE_BYTES_MAX} as a text: the stack has more than its deployment bucket, so deploy it as it is`,
    );
  const resources = survivors.map(({ logicalId, type, id }) => ({
    ResourceType: type,
    LogicalResourceId: logicalId,
    ResourceIdentifier: { [identifiers[type] as string]: id },
  }));
  return { template, resources: JSON.stringify(resources, null, 2) };
}

/** The logical ids to which a part of a template refers with Ref or Fn::GetAtt. */
function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    if (name === 'Ref' && typeof value === 'string') return [value];
    if (name === 'Fn::GetAtt' && Array.isArray(value)) return [String(value[0])];
    return referencesIn(value);
  });
}
