import { randomUUID } from 'node:crypto';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Handlers, nothing } from '../rest-json/rest-json.ts';
import { createClientTokens } from './client-tokens.ts';
import { notFound, tokenConflict } from './failures.ts';
import type { PushConfig } from './task-configuration.ts';
import type { MiWorld } from './world.ts';

const DEFAULT_PAGE = 100;

type Create = { Name?: string; Description?: string; PushConfig?: PushConfig; ClientToken?: string };

/** The operations on task configurations. AWS has no operation that updates one. */
export function configurationHandlers(world: MiWorld): Handlers {
  const { configurations, clock, assumptions } = world;
  const tokens = createClientTokens<{ TaskConfigurationId: string }>(clock, assumptions.tokenLifetimeMilliseconds);
  let sequence = 0;
  return {
    CreateOtaTaskConfiguration: (input: Create) => {
      const known = tokens.recall(input.ClientToken, input);
      if (known.kind === 'other' && assumptions.tokenMismatch === 'conflict') return tokenConflict;
      if (known.kind !== 'new') return { output: known.answer };
      const id = randomUUID().replaceAll('-', '');
      const { Name: name, Description: description, PushConfig: push } = input;
      configurations.set(id, { id, sequence: sequence++, name, description, push, createdAt: clock.now() });
      const answer = { TaskConfigurationId: id };
      tokens.remember(input.ClientToken, input, answer);
      return { output: answer };
    },
    GetOtaTaskConfiguration: ({ Identifier }: { Identifier: string }) => {
      const found = configurations.get(Identifier);
      if (found === undefined) return notFound('OtaTaskConfiguration', Identifier);
      return {
        output: {
          TaskConfigurationId: found.id,
          Name: found.name,
          PushConfig: found.push,
          Description: found.description,
          CreatedAt: found.createdAt / 1000,
        },
      };
    },
    ListOtaTaskConfigurations: (input: { NextToken?: string; MaxResults?: number }) => {
      const newestFirst = [...configurations.values()].reverse();
      const page = takePage(newestFirst, (one) => -one.sequence, input.MaxResults ?? DEFAULT_PAGE, input.NextToken);
      if (page === undefined) return badToken('ValidationException');
      const Items = page.items.map((one) => ({ TaskConfigurationId: one.id, Name: one.name, CreatedAt: one.createdAt / 1000 }));
      return { output: { Items, NextToken: page.nextToken } };
    },
    DeleteOtaTaskConfiguration: ({ Identifier }: { Identifier: string }) => {
      if (!configurations.delete(Identifier)) return notFound('OtaTaskConfiguration', Identifier);
      return nothing;
    },
  };
}
