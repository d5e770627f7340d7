import type { Account } from './account.ts';
import type { Checks } from './checks.ts';
import type { Clone } from './clone.ts';
import { documentsBucket, hasBucket, hasTable, statusOf } from './lifecycle.ts';

/** A resource that never comes to be, after the ledger and the bucket are there: as a quota of the account would end a deployment. */
const NEVER_COMES = `
  - Resources:
      NeverCalled:
        Type: AWS::CloudFormation::WaitConditionHandle
      NeverComes:
        Type: AWS::CloudFormation::WaitCondition
        DependsOn: [LedgerTable, DocumentsBucket]
        Properties: { Handle: !Ref NeverCalled, Timeout: 1 }
`;
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of infrastructure/service.yml
const LAST_RESOURCES = '  - ${file(infrastructure/outputs.yml)}\n';

const SERVICE = 'infrastructure/service.yml';

/** Lets the first deployment of a stage fail. It must leave nothing behind that the next one would find taken. */
export async function failFirst(clone: Clone, account: Account, checks: Checks): Promise<void> {
  clone.edit(SERVICE, LAST_RESOURCES, `${LAST_RESOURCES.trimEnd()}${NEVER_COMES}`);
  const failed = await clone.serverless('deploy');
  checks.equal('a first deployment with a resource that fails', failed.status, 1);
  checks.equal('it is rolled back', await statusOf(clone, account), 'UPDATE_ROLLBACK_COMPLETE');
  checks.equal(
    'it leaves no ledger and no bucket',
    [await hasTable(account, clone.stage), await hasBucket(account, documentsBucket(clone))],
    [false, false],
  );
  clone.edit(SERVICE, NEVER_COMES, '\n');
}
