import { DescribeRuleCommand, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import { UsageError } from '../../scripts/command.ts';
import { isDenied } from '../events/publish-event.ts';
import { missing, type Stage, unreachable } from './stage.ts';

type AskedStage = Pick<Stage, 'name' | 'bus' | 'endpoint' | 'eventbridge'>;

/**
 * The only source whose releases a stage accepts, as its rule on the bus says. Throws UsageError if there are several, if the stage has
 * no such rule, or if the caller may not read it.
 */
export async function onlySourceOf(stage: AskedStage): Promise<string> {
  const entries = await acceptedSources(stage);
  const sources = entries.filter((entry) => typeof entry === 'string');
  if (sources.length < entries.length)
    throw new UsageError(`the rule of stage ${stage.name} accepts sources by a pattern, not by their names: pass --source`);
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw new UsageError(`the rule of stage ${stage.name} accepts no source: pass --source`);
  throw new UsageError(`stage ${stage.name} accepts releases from ${sources.join(', ')}: choose one with --source`);
}

async function acceptedSources(stage: AskedStage): Promise<readonly unknown[]> {
  const Name = `ota-dispatch-${stage.name}-releases`;
  const { EventPattern } = await stage.eventbridge
    .send(new DescribeRuleCommand({ Name, EventBusName: stage.bus }))
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) throw missing(stage.name, `rule ${Name} on the bus ${stage.bus}`, error);
      if (isDenied(error))
        throw new UsageError(
          `which sources stage ${stage.name} accepts is not known, because the credentials may not read the rule ${Name} (events:DescribeRule): pass --source`,
          { cause: error },
        );
      throw unreachable(error, stage.endpoint);
    });
  const { source } = Object(JSON.parse(EventPattern ?? '{}')) as { readonly source?: unknown };
  return Array.isArray(source) ? source : [];
}
