/** What one check found. `seen` names the subject first. `remedy` says what to do, and only a check that is ok has none. */
export type Check =
  | { readonly id: CheckId; readonly status: 'ok'; readonly seen: string }
  | { readonly id: CheckId; readonly status: 'warning' | 'failure'; readonly seen: string; readonly remedy: string };

/**
 * Every check, by its id, with the question that it answers. An id is a contract with programs. A check is reported once for
 * each subject, such as a bucket. docs/reference/doctor.md has the same list.
 */
export const CHECKS = {
  credentials: 'Does AWS accept the credentials?',
  region: 'Is the region of the credentials the one that the stage is deployed to?',
  'channels-file': 'Is the channels file of the stage valid?',
  account: 'Do the ARNs in the channels file belong to this account and region?',
  'managed-integrations-region': 'Does the region have managed integrations, if a channel needs it?',
  'lambda-concurrency': 'Can Lambda reserve the concurrency of the stage?',
  'quota-create-ota-update': 'Does the quota of CreateOTAUpdate cover createsPerSecond?',
  'quota-create-job': 'Does the quota of CreateJob cover createsPerSecond, if a channel needs it?',
  'quota-describe-job': 'Does the quota of DescribeJob cover looksPerSecond?',
  'ota-role-exists': 'Does the OTA service role exist?',
  'ota-role-trust': 'Does the role trust AWS IoT, for this account only?',
  'ota-role-permissions': 'Does IAM allow the role what AWS IoT does with it?',
  'ota-role-passable': 'May the functions pass the role to AWS IoT?',
  'artifact-bucket-exists': 'Does the artifact bucket exist?',
  'artifact-bucket-owner': 'Does the bucket belong to this account?',
  'artifact-bucket-region': 'Is the bucket in the region of the stage?',
  'artifact-bucket-versioning': 'Does the bucket keep versions?',
  'artifact-bucket-encryption': 'May the service use the key of the bucket?',
  'signing-profile': 'Does the signing profile exist, and is it active?',
  'signing-profile-platform': 'Does the profile sign firmware for devices?',
  'target-exists': 'Does the thing or thing group exist?',
  'target-size': 'How many things does the target reach?',
  'target-shared': 'Does only one channel update the target?',
  'managed-integrations-endpoint': 'Can managed integrations be reached?',
  'task-configuration': 'Does the task configuration exist?',
  'job-events': 'Does AWS IoT publish the events of jobs?',
  stack: 'Is the stage deployed, and did its last deployment succeed?',
  survivors: 'Is there a ledger or a documents bucket that no stack owns?',
  functions: 'Are the functions active, and may they run?',
  'event-source-mapping': 'Does Lambda read the queue?',
  'rule-enabled': 'Does the rule forward events?',
  'schedule-enabled': 'Does the schedule start the sweep?',
  'job-events-rule': 'Does the IoT rule send job events to the queue of follow-ups?',
  bus: 'Does the event bus exist?',
  'bus-policy': 'Does the policy of an existing bus protect the outcomes?',
  'bus-approvals': 'Does the policy of the bus let only approvalPrincipals approve and resume?',
  'drift-event-pattern': 'Has the rule the sources of the local channels file?',
  'drift-pass-role': 'May the functions pass the roles of the local channels file, and no other?',
  'drift-job-targets': 'May the functions create jobs on the targets of the local channels file, and on no others?',
  'drift-artifact-buckets': 'May the functions read the buckets of the local channels file, and no other?',
  'drift-channels': 'Are the channels deployed as in the local channels file?',
  'drift-parameters': 'Are the parameters deployed as in the local serverless.yml?',
  'dead-letters': 'Is the dead-letter queue empty?',
  'rejected-messages': 'Are there rejected messages?',
  'queue-age': 'How long has the oldest message waited?',
  ledger: 'Is the ledger protected against deletion, with point-in-time recovery?',
  'documents-bucket': 'Does the documents bucket exist, with versioning?',
  'alarm-topic': 'Does anybody receive the alarms?',
  'encryption-key': 'Is the key of the stage enabled?',
} as const;

export type CheckId = keyof typeof CHECKS;

/** A check that found nothing to do. */
export const ok = (id: CheckId, seen: string): Check => ({ id, status: 'ok', seen });

/** A check that found something to look at. The stage can work all the same. */
export const warning = (id: CheckId, seen: string, remedy: string): Check => ({ id, status: 'warning', seen, remedy });

/** A check that found what stops the stage, or a part of it. */
export const failure = (id: CheckId, seen: string, remedy: string): Check => ({ id, status: 'failure', seen, remedy });

/** What to add to a check that leaves parameters out, because serverless.yml computes them. Empty without such parameters. */
export function notCompared(parameters: readonly string[]): string {
  if (parameters.length === 0) return '';
  const were = parameters.length === 1 ? 'it was' : 'they were';
  return `. serverless.yml computes ${new Intl.ListFormat('en-GB').format(parameters)}, so ${were} not compared`;
}
