import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { found } from '../../../cli/doctor/answer.ts';
import { ask } from '../../../cli/doctor/gather/ask.ts';
import { clientsOf } from '../../../cli/doctor/gather/clients.ts';
import { gatherFunction, gatherKey, gatherStatements, gatherTopic } from '../../../cli/doctor/gather/deployed.ts';
import { simulate } from '../../../cli/doctor/gather/roles.ts';
import { type Arrival, json, type Loopback, startLoopback } from '../../support/loopback.ts';

const region = 'eu-west-1';
const KEY = `arn:aws:kms:${region}:111122223333:key/0b1c`;
let aws: Loopback;
afterEach(() => aws?.close());

/** Clients of an AWS that answers like this. */
async function clientsWhere(answer: (arrival: Arrival) => void) {
  aws = await startLoopback(answer);
  return clientsOf({ endpoint: aws.endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } }, region);
}

/** Answers the first request with one page and the second with another, in XML of the Query protocol. */
const inPages =
  (operation: string, ...pages: readonly string[]) =>
  ({ response }: Arrival) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    const page = pages[Math.min(aws.arrivals.length, pages.length) - 1] ?? '';
    response.end(`<${operation}Response><${operation}Result>${page}</${operation}Result></${operation}Response>`);
  };

describe('doctor in a large account', () => {
  it('asks only eight things at once, so that IAM and AWS IoT do not throttle it', async () => {
    let now = 0;
    let most = 0;
    const read = async () => {
      now += 1;
      most = Math.max(most, now);
      await turn();
      now -= 1;
      return now;
    };
    const answers = await Promise.all(Array.from({ length: 300 }, () => ask('x:Get', [], read)));
    expect(answers.filter(({ kind }) => kind === 'found')).toHaveLength(300);
    expect(most).toBe(8);
  });

  it('goes on after reads that failed', async () => {
    const failing = Array.from({ length: 20 }, () => ask('x:Get', [], () => Promise.reject(new Error('away'))));
    await Promise.all(failing);
    expect(await ask('x:Get', [], async () => 1)).toEqual(found(1));
  });

  it('asks again after several throttles', async () => {
    const clients = await clientsWhere((arrival) =>
      aws.arrivals.length <= 3
        ? json(arrival, { __type: 'ThrottlingException', message: 'Rate exceeded' }, 400)
        : json(arrival, { KeyMetadata: {} }),
    );
    expect((await gatherKey(clients, KEY)).kind).toBe('found');
    expect(aws.arrivals).toHaveLength(4);
  });

  it('reads every page of what IAM allows', async () => {
    const page = (action: string, rest: string) =>
      `<EvaluationResults><member><EvalActionName>${action}</EvalActionName><EvalDecision>allowed</EvalDecision></member></EvaluationResults>${rest}`;
    const more = '<IsTruncated>true</IsTruncated><Marker>two</Marker>';
    const clients = await clientsWhere(inPages('SimulatePrincipalPolicy', page('iam:GetRole', more), page('iam:PassRole', '')));
    const [decision] = await simulate(clients, 'arn:role', [{ actions: ['iam:GetRole', 'iam:PassRole'], resource: 'arn:role' }]);
    expect(decision?.refused).toEqual(found([]));
  });

  it('reads every page of the policies of a role', async () => {
    const clients = await clientsWhere((arrival) => {
      if (aws.arrivals.length <= 2)
        return inPages(
          'ListRolePolicies',
          '<PolicyNames><member>a</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>two</Marker>',
          '<PolicyNames><member>b</member></PolicyNames>',
        )(arrival);
      return inPages('GetRolePolicy', '<PolicyDocument>{"Statement":[{"Effect":"Allow"}]}</PolicyDocument>')(arrival);
    });
    expect(await gatherStatements(clients, 'role')).toEqual(found([{ Effect: 'Allow' }, { Effect: 'Allow' }]));
  });

  it('finds the confirmed subscription of a topic on a later page', async () => {
    const one = (arn: string) => `<Subscriptions><member><SubscriptionArn>${arn}</SubscriptionArn></member></Subscriptions>`;
    const pages = [`${one('PendingConfirmation')}<NextToken>two</NextToken>`, one('arn:aws:sns:x:1:t:s')] as const;
    const clients = await clientsWhere(inPages('ListSubscriptionsByTopic', ...pages));
    expect((await gatherTopic(clients, 'arn:topic')).subscriptions).toEqual(found({ confirmed: 1, pending: 1 }));
  });

  it('reads every page of the event source mappings of a function', async () => {
    const mapping = (queue: string) => ({ EventSourceArn: `arn:aws:sqs:x:1:${queue}`, State: 'Enabled' });
    const clients = await clientsWhere((arrival) => {
      const { url = '' } = arrival.request;
      if (!url.includes('event-source-mappings')) return json(arrival, {});
      return json(
        arrival,
        url.includes('Marker=two') ? { EventSourceMappings: [mapping('b')] } : { EventSourceMappings: [mapping('a')], NextMarker: 'two' },
      );
    });
    const { mappings } = await gatherFunction(clients, 'releases');
    expect(mappings).toEqual(
      found([
        { queue: 'a', state: 'Enabled' },
        { queue: 'b', state: 'Enabled' },
      ]),
    );
  });
});
