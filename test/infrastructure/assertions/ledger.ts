import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, equal, failing, get, kept, list, of, setting, unless } from './assertion.ts';
import { alarms } from './watched.ts';

const tables = (t: Template) => of(t, 'AWS::DynamoDB::Table');
const ledger = (t: Template, path: string) => get(t.Resources, `LedgerTable.Properties.${path}`);
/** The metrics of throttles that no alarm watches under exactly these dimensions. */
const unwatched = (t: Template, dimensions: unknown) =>
  ['ReadThrottleEvents', 'WriteThrottleEvents'].filter(
    (metric) => !alarms(t).some(([, { Properties: p }]) => p['MetricName'] === metric && equal(p['Dimensions'], dimensions)),
  );

export const ledgerAssertions: Assertion[] = [
  {
    name: 'the tables have the documented names',
    check: (t) =>
      ['ledger', 'lock'].filter(
        (name) => !tables(t).some(([, { Properties }]) => Properties['TableName'] === `ota-dispatch-local-${name}`),
      ),
    mutate: setting('LockTable.Properties.TableName', undefined),
  },
  {
    name: 'every table is billed by request',
    check: (t) => failing(tables(t), ({ Properties }) => Properties['BillingMode'] !== 'PAY_PER_REQUEST'),
    mutate: setting('LockTable.Properties.BillingMode', undefined),
  },
  {
    name: 'every table can be restored to a point in time',
    check: (t) => failing(tables(t), (r) => get(r, 'Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled') !== true),
    mutate: setting('LedgerTable.Properties.PointInTimeRecoverySpecification', undefined),
  },
  {
    name: 'every table is encrypted at rest',
    check: (t) => failing(tables(t), (r) => get(r, 'Properties.SSESpecification.SSEEnabled') !== true),
    mutate: setting('LedgerTable.Properties.SSESpecification', undefined),
  },
  {
    name: 'the ledger is protected against deletion',
    check: (t) => unless(ledger(t, 'DeletionProtectionEnabled') === true, 'LedgerTable'),
    mutate: setting('LedgerTable.Properties.DeletionProtectionEnabled', false),
  },
  {
    name: 'the ledger is kept when the stack is removed',
    check: (t) => kept(t, 'LedgerTable'),
    mutate: setting('LedgerTable.DeletionPolicy', 'Delete'),
  },
  {
    name: 'the ledger is kept when CloudFormation replaces it',
    check: (t) => kept(t, 'LedgerTable'),
    mutate: setting('LedgerTable.UpdateReplacePolicy', undefined),
  },
  {
    name: 'nothing in the ledger expires',
    check: (t) => unless(ledger(t, 'TimeToLiveSpecification') === undefined, 'LedgerTable'),
    mutate: setting('LedgerTable.Properties.TimeToLiveSpecification', { AttributeName: 'dueAt', Enabled: true }),
  },
  {
    name: 'locks expire',
    check: (t) =>
      unless(
        equal(get(t.Resources, 'LockTable.Properties.TimeToLiveSpecification'), { AttributeName: 'expiration', Enabled: true }),
        'LockTable',
      ),
    mutate: setting('LockTable.Properties.TimeToLiveSpecification.AttributeName', 'in_progress_expiration'),
  },
  {
    name: 'the ledger is keyed by pk and sk',
    check: (t) =>
      unless(
        equal(
          list(ledger(t, 'KeySchema')).map((k) => [get(k, 'AttributeName'), get(k, 'KeyType')]),
          [
            ['pk', 'HASH'],
            ['sk', 'RANGE'],
          ],
        ),
        'KeySchema',
      ),
    mutate: setting('LedgerTable.Properties.KeySchema.1.AttributeName', 'rolloutId'),
  },
  {
    name: 'the index of due work is keyed by workShard and dueAt, and holds keys only',
    check: (t) =>
      unless(
        equal(
          [
            ledger(t, 'GlobalSecondaryIndexes.0.IndexName'),
            ledger(t, 'GlobalSecondaryIndexes.0.Projection.ProjectionType'),
            ...list(ledger(t, 'GlobalSecondaryIndexes.0.KeySchema')).map((k) => get(k, 'AttributeName')),
          ],
          ['work', 'KEYS_ONLY', 'workShard', 'dueAt'],
        ),
        'work',
      ),
    mutate: setting('LedgerTable.Properties.GlobalSecondaryIndexes.0.Projection.ProjectionType', 'ALL'),
  },
  {
    name: 'dueAt is a number, so that the index is sorted by time',
    check: (t) =>
      unless(
        list(ledger(t, 'AttributeDefinitions')).some((a) => equal(a, { AttributeName: 'dueAt', AttributeType: 'N' })),
        'dueAt',
      ),
    mutate: setting('LedgerTable.Properties.AttributeDefinitions.3.AttributeType', 'S'),
  },
  {
    name: 'the lock is keyed by id',
    check: (t) =>
      unless(equal(get(t.Resources, 'LockTable.Properties.KeySchema'), [{ AttributeName: 'id', KeyType: 'HASH' }]), 'LockTable'),
    mutate: setting('LockTable.Properties.KeySchema.0.AttributeName', 'pk'),
  },
  {
    name: 'a throttled ledger raises an alarm',
    check: (t) => unwatched(t, [{ Name: 'TableName', Value: 'ota-dispatch-local-ledger' }]),
    mutate: (t) => {
      delete t.Resources['LedgerWritesThrottledAlarm'];
    },
  },
  {
    name: 'a throttled index of the ledger raises an alarm, because DynamoDB reports it under dimensions of its own',
    check: (t) =>
      unwatched(t, [
        { Name: 'TableName', Value: 'ota-dispatch-local-ledger' },
        { Name: 'GlobalSecondaryIndexName', Value: ledger(t, 'GlobalSecondaryIndexes.0.IndexName') },
      ]),
    mutate: setting('LedgerIndexReadsThrottledAlarm.Properties.Dimensions', [{ Name: 'TableName', Value: 'ota-dispatch-local-ledger' }]),
  },
];
