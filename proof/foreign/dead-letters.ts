import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { ota, type Scene } from './dispatch.ts';
import { setEnvironment, setVisibilityTimeout, VISIBILITY_SECONDS } from './functions.ts';
import { BUCKET, PUBLISHED, releaseOf, SOURCE } from './releases.ts';

/** A release that cannot be processed comes to the dead-letter queue. After the mend, a redrive brings it to its end. */
export async function deadLetter({ account, stage, checks, env }: Scene): Promise<void> {
  const artifact = await account.upload(BUCKET, 'hub/6.0.0/app.bin');
  await setVisibilityTimeout(account, stage, 1);
  await setEnvironment(account, stage.name, { OTA_LEDGER_TABLE: 'a-table-that-does-not-exist' }, 'releases');
  await stage.put(PUBLISHED, [JSON.stringify(releaseOf('hub', '6.0.0', ['stable'], artifact))], SOURCE);
  await checks.comes('a release that cannot be processed comes to releases-dlq', 1, () => stage.messagesIn('releases-dlq'), 120);
  const QueueUrl = await stage.urlOf('releases-dlq');
  const attributes = { MessageSystemAttributeNames: ['All'] as ['All'], VisibilityTimeout: 0 };
  const { Messages = [] } = await account.sqs.send(new ReceiveMessageCommand({ QueueUrl, ...attributes }));
  checks.equal(
    'it names the queue that it comes from',
    Messages[0]?.Attributes?.DeadLetterQueueSourceArn?.split(':').at(-1),
    `ota-dispatch-${stage.name}-releases`,
  );
  await setEnvironment(account, stage.name, { OTA_LEDGER_TABLE: `ota-dispatch-${stage.name}-ledger` }, 'releases');
  await setVisibilityTimeout(account, stage, VISIBILITY_SECONDS);
  const ended = await ota(env, 'redrive', '--queue', 'releases', '--stage', stage.name);
  checks.equal('ota redrive sends it again', ended.stdout.split('\n')[0], '1 of 1 redriven to releases');
  await checks.comes('then it comes to its end', ['stable CREATED'], () => stage.states('hub', '6.0.0'));
  checks.equal('releases-dlq is empty', await stage.messagesIn('releases-dlq'), 0);
}
