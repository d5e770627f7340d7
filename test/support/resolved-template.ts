import { resolveTemplate as resolveResources, type Template as Unresolved } from 'embedded-aws/src/template.ts';
import type { Resource, Template } from '../../scripts/compiled-template.ts';

/** The account and region that the tests resolve templates for. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';

/** The beginning of every queue URL. */
export const SQS_ENDPOINT = `https://sqs.${REGION}.amazonaws.com`;

/**
 * The template as CloudFormation would deploy it: without the resources whose condition is false, and with the value of
 * every intrinsic function. `parameters` are the parameters of the template, `region` is where it is deployed. The embedded AWS resolves the template, so tests
 * and `npm start` read it in the same way.
 * @throws on an intrinsic function or an attribute that the embedded AWS does not know
 */
export function resolveTemplate(template: Template, parameters: Readonly<Record<string, string>> = {}, region = REGION): Template {
  const surroundings = { accountId: ACCOUNT, region, stackName: 'ota-dispatch', endpoint: SQS_ENDPOINT, parameters };
  const resolved = resolveResources(template as Unresolved, surroundings).map(({ logicalId, properties }): [string, Resource] => {
    const { Type, ...rest } = template.Resources[logicalId] as Resource;
    return [logicalId, { ...rest, Type, Properties: { ...properties } }];
  });
  return { ...template, Resources: Object.fromEntries(resolved) };
}
