import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { JsonObject } from '../../domain/channels/template-shape.ts';
import { nameRequests } from '../../operator/stage/name-requests.ts';
import { patience } from '../../operator/stage/patience.ts';
import { missing, type Stage, unreachable } from '../../operator/stage/stage.ts';
import { UsageError } from '../../scripts/command.ts';
import { oneLine } from '../../scripts/layout.ts';
import { type Code, codeIn, functionsIn } from './code.ts';
import type { NamedSide } from './sides.ts';
import { type Template, templateOf } from './template.ts';

/**
 * The template that a stage is deployed with, as it was submitted, and the code of its functions as Lambda knows it. Code that the
 * credentials may not see stays unknown. Throws UsageError if the stage has no stack, or if its template is not JSON.
 */
export async function deployedSide({ name: stage, config, endpoint }: Pick<Stage, 'name' | 'config' | 'endpoint'>): Promise<NamedSide> {
  const StackName = `ota-dispatch-${stage}`;
  const settings = { ...patience.short, ...config };
  const cloudformation = nameRequests(new CloudFormationClient(settings), 'CloudFormation');
  // What packaging compiles is compared with what packaging compiled. The processed template has the result of macros.
  const request = new GetTemplateCommand({ StackName, TemplateStage: 'Original' });
  const { TemplateBody = '' } = await cloudformation.send(request).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ValidationError' && / does not exist/.test(error.message))
      throw missing(stage, `stack ${StackName}`, error);
    throw unreachable(error, endpoint);
  });
  const name = `the stack ${StackName} as it is deployed`;
  const source = parsed(TemplateBody, name);
  const template = templateOf(source, name);
  const code = await codeOf(template, nameRequests(new LambdaClient(settings), 'Lambda'));
  return { name, template, code: new Map([...codeIn(template), ...code]), source };
}

function parsed(text: string, name: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch (cause) {
    throw new UsageError(`the template of ${name} is not JSON, so the serverless CLI did not deploy it: ${oneLine(String(cause))}`, {
      cause,
    });
  }
}

/** Answers of Lambda after which the code stays unknown. */
const unseen: readonly string[] = ['AccessDeniedException', 'ResourceNotFoundException'];

async function codeOf(template: Template, lambda: LambdaClient): Promise<Code> {
  const code = new Map<string, string>();
  for (const { id, name } of functionsIn(template)) {
    if (name === undefined) continue;
    try {
      const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      if (CodeSha256 !== undefined) code.set(id, CodeSha256);
    } catch (error) {
      if (!(error instanceof Error && unseen.includes(error.name))) throw error;
    }
  }
  return code;
}
