import { resolveTemplate, type Template } from 'embedded-aws/src/template.ts';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../handlers/dependencies/settings.ts';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { BYTES_MAX, BYTES_MAX_ELSEWHERE, RECEIVES_MAX, VISIBILITY_MS, VISIBILITY_MS_ELSEWHERE } from '../simulate/aws/sqs.ts';
import { aStage, ENDPOINT, environmentOf } from './a-stage.ts';
import { queuesOfTemplate } from './queues.ts';
import { ACCOUNT, REGION } from './stand-ins.ts';

describe('the settings of a stage', () => {
  it('are those that the template gives to the function releases', async () => {
    const template = (await compiledTemplate()) as unknown as Template;
    const surroundings = { accountId: ACCOUNT, region: REGION, stackName: 'ota-dispatch-local', endpoint: ENDPOINT };
    const functions = resolveTemplate(template, surroundings).filter(({ type }) => type === 'AWS::Lambda::Function');
    const releases = functions.find(({ physical }) => physical.name.endsWith('-releases'));
    const environment = releases?.properties['Environment'] as { Variables: Record<string, unknown> } | undefined;
    const variables = Object.entries(environment?.Variables ?? {}).map(([name, value]) => [name, String(value)] as const);
    expect(settingsOf({ ...Object.fromEntries(variables), AWS_REGION: REGION })).toEqual(aStage());
  });

  it('survive the environment of a process', () => {
    const settings = aStage({ OTA_ALLOWED_ACCOUNTS: ['111122223333', '444455556666'], OTA_CREATES_PER_SECOND: 0.2 });
    expect(settingsOf(environmentOf(settings))).toEqual(settings);
  });
});

describe('the queues of the template', () => {
  it('limit messages as the simulated queues do', async () => {
    const sources = (await queuesOfTemplate()).filter(({ deadLetters }) => deadLetters !== undefined);
    expect(sources.map(({ name }) => name).sort()).toEqual(Object.keys(BYTES_MAX).sort());
    const others = (await queuesOfTemplate()).filter(({ name }) => BYTES_MAX[name] === undefined);
    const defaults = { MaximumMessageSize: '1048576', VisibilityTimeout: '30' };
    for (const { attributes } of others) {
      expect({ ...defaults, ...attributes }).toMatchObject({
        MaximumMessageSize: String(BYTES_MAX_ELSEWHERE),
        VisibilityTimeout: String(VISIBILITY_MS_ELSEWHERE / 1000),
      });
    }
    for (const { name, attributes, deadLetters } of sources) {
      expect(attributes).toMatchObject({ MaximumMessageSize: String(BYTES_MAX[name]), VisibilityTimeout: String(VISIBILITY_MS / 1000) });
      expect(deadLetters).toEqual({ name: `${name}-dlq`, maxReceiveCount: RECEIVES_MAX });
    }
  });
});
