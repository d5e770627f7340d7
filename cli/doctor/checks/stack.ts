import { ota, page, serverless } from '../../../scripts/installation.ts';
import { type Answer, unread } from '../answer.ts';
import { type Check, failure, ok, warning } from '../check.ts';
import type { Documents, Ledger, Stack } from '../gather/stack.ts';

/** What a status of CloudFormation means for a stage, by the end or the whole of its name. */
const STATUSES: readonly (readonly [status: RegExp, judge: (name: string, stage: string, status: string) => Check])[] = [
  [
    /^REVIEW_IN_PROGRESS$/,
    (name) =>
      failure(
        'stack',
        `${name} is REVIEW_IN_PROGRESS: its change set was never executed`,
        `execute the change set, or delete it and the stack ${name}`,
      ),
  ],
  [
    /^ROLLBACK_COMPLETE$/,
    (name, stage) =>
      failure(
        'stack',
        `${name} is ROLLBACK_COMPLETE: its creation failed`,
        `delete the stack ${name}, then run ${serverless} deploy --stage ${stage}`,
      ),
  ],
  [
    /^UPDATE_ROLLBACK_FAILED$/,
    (name) =>
      failure(
        'stack',
        `${name} is UPDATE_ROLLBACK_FAILED: neither the old nor the new version is deployed`,
        `run aws cloudformation continue-update-rollback --stack-name ${name}, then deploy again`,
      ),
  ],
  [
    /^DELETE_FAILED$/,
    (name, stage) =>
      failure(
        'stack',
        `${name} is DELETE_FAILED: it was removed in part`,
        `find the resource that stayed in the events of ${name}, then run ${serverless} remove --stage ${stage}`,
      ),
  ],
  [
    /_FAILED$/,
    (name, _stage, status) =>
      failure('stack', `${name} is ${status}`, `find the first failed resource in the events of ${name}, then deploy again`),
  ],
  [/_IN_PROGRESS$/, (name) => warning('stack', `${name} is being changed`, 'wait until the deployment has ended, then run doctor again')],
  [
    /^(?:UPDATE|IMPORT)_ROLLBACK_COMPLETE$/,
    (name, stage) =>
      warning(
        'stack',
        `the last deployment of ${name} failed, and the version before it is deployed`,
        `find the first failed resource in the events of ${name}, then run ${serverless} deploy --stage ${stage}`,
      ),
  ],
];

/** Whether the service is in a stack: the resource that every version has is there. */
export function isDeployed(stack: Answer<Stack>): boolean {
  if (stack.kind !== 'found' || /^(?:REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE|DELETE_COMPLETE)$/.test(stack.value.status)) return false;
  return stack.value.resources.kind !== 'found' || stack.value.resources.value['ReleasesQueue'] !== undefined;
}

/** While a stack is changed, its resources come and go. */
const isChanging = (stack: Answer<Stack>): boolean =>
  stack.kind === 'found' && /_IN_PROGRESS$/.test(stack.value.status) && stack.value.status !== 'REVIEW_IN_PROGRESS';

/** The state of the stack. A stage that was never deployed is no fault. */
export function checkStack(name: string, stack: Answer<Stack>, stage: string): Check {
  const deploy = `run ${serverless} deploy --stage ${stage}, then doctor again`;
  if (stack.kind === 'unread') return unread('stack', `stack ${name}`, stack);
  if (stack.kind === 'absent') return warning('stack', `${name} is not deployed yet, so nothing of the deployment was checked`, deploy);
  const { status } = stack.value;
  const judged = STATUSES.find(([pattern]) => pattern.test(status))?.[1](name, stage, status);
  if (judged !== undefined && (judged.status === 'failure' || isChanging(stack))) return judged;
  if (!isDeployed(stack))
    return failure('stack', `${name} is ${status}, but has no queue for releases: no deployment of the service succeeded`, deploy);
  return judged ?? ok('stack', `${name} is ${status}`);
}

/** What a removed or failed stage left behind: a deployment would not create it again, and fails. */
export function checkSurvivors(stage: string, stack: Answer<Stack>, ledger: Ledger, documents: Documents): Check[] {
  const id = 'survivors';
  if (stack.kind === 'unread' || isChanging(stack)) return [];
  const resources = stack.kind === 'found' ? stack.value.resources : undefined;
  if (resources !== undefined && resources.kind !== 'found')
    return resources.kind === 'unread' ? [unread(id, 'the resources of the stack', resources)] : [];
  const owned = resources?.value ?? {};
  const failed = [ledger.protection, documents.versioned].find((answer) => answer.kind === 'unread');
  const left = [
    ledger.protection.kind === 'found' && owned['LedgerTable'] === undefined ? [`table ${ledger.name}`] : [],
    documents.versioned.kind === 'found' && owned['DocumentsBucket'] === undefined ? [`bucket ${documents.name}`] : [],
  ].flat();
  if (left.length > 0) {
    const remedy = `run ${ota} import-files --stage ${stage}, and import them as ${page('how-to/deploy.md')} describes. Or delete them if they are empty`;
    return [
      failure(
        id,
        `${left.join(' and ')} ${left.length === 1 ? 'exists' : 'exist'}, but no stack owns ${left.length === 1 ? 'it' : 'them'}`,
        remedy,
      ),
    ];
  }
  if (failed?.kind === 'unread') return [unread(id, 'what a stage before may have left', failed)];
  return [ok(id, 'no ledger and no documents bucket without a stack')];
}

/** Whether the ledger is protected. */
export function checkLedger({ name, protection, recovery }: Ledger): Check {
  const id = 'ledger';
  if (protection.kind === 'unread') return unread(id, name, protection);
  if (recovery.kind === 'unread') return unread(id, name, recovery);
  if (protection.kind === 'absent' || recovery.kind === 'absent')
    return failure(id, `${name} does not exist`, `restore it, see ${page('how-to/runbook.md')}. Without it the service accepts nothing`);
  const missing = [protection.value ? [] : ['deletion protection'], recovery.value ? [] : ['point-in-time recovery']].flat();
  if (missing.length === 0) return ok(id, `${name} has deletion protection and point-in-time recovery`);
  return failure(
    id,
    `${name} has no ${missing.join(' and no ')}`,
    'switch it on with aws dynamodb update-table and update-continuous-backups',
  );
}

/** Whether the documents bucket exists and keeps versions. */
export function checkDocuments({ name, versioned }: Documents): Check {
  const id = 'documents-bucket';
  if (versioned.kind === 'unread') return unread(id, `bucket ${name}`, versioned);
  if (versioned.kind === 'absent')
    return failure(id, `bucket ${name} does not exist`, 'deploy the stage again. Running tasks cannot read their documents');
  if (versioned.value) return ok(id, `bucket ${name} keeps versions`);
  return failure(
    id,
    `bucket ${name} keeps no versions`,
    `run aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled`,
  );
}
