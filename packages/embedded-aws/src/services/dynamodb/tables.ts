import { AwsError } from '../aws-error.ts';
import type { JsonOperation } from '../aws-json.ts';
import type { JsonInput } from '../member-types.ts';
import type { Clock } from '../service.ts';
import type { Engine } from './engine.ts';

type Settings = {
  deletionProtection: boolean;
  timeToLive: { AttributeName: string; Enabled: boolean } | undefined;
  recovery: { enabled: boolean; days: number; since: number } | undefined;
  encryption: JsonInput | undefined;
};

/** The name of a table that is given by name or ARN. */
export function tableName(input: JsonInput): string {
  return String(input['TableName'] ?? '').replace(/^arn:[^/]*:table\//, '');
}

export type Tables = {
  readonly operations: Readonly<Record<string, JsonOperation>>;
  /** The tables whose items expire, each with its attribute. */
  expiring(): { readonly table: string; readonly attribute: string }[];
};

/** What the engine lacks: deletion protection, time to live, point-in-time recovery, encryption, tags at creation. */
export function createTables(engine: Engine, clock: Pick<Clock, 'now'>): Tables {
  const tables = new Map<string, Settings>();

  const settingsOf = (input: JsonInput): Settings => {
    const settings = tables.get(tableName(input));
    if (settings === undefined) {
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${tableName(input)} not found`);
    }
    return settings;
  };

  const describe = (description: unknown): JsonInput => {
    const table = description as JsonInput;
    const settings = tables.get(String(table['TableName']));
    const encryption = settings?.encryption;
    const key = encryption?.['KMSMasterKeyId'];
    return {
      ...table,
      DeletionProtectionEnabled: settings?.deletionProtection ?? false,
      ...(encryption?.['Enabled'] === true
        ? { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', ...(key === undefined ? {} : { KMSMasterKeyArn: key }) } }
        : {}),
    };
  };

  const backups = (settings: Settings): JsonInput => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: settings.recovery?.enabled
        ? {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: settings.recovery.days,
            EarliestRestorableDateTime: settings.recovery.since / 1000,
            LatestRestorableDateTime: clock.now() / 1000,
          }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  });

  return {
    expiring: () =>
      [...tables].flatMap(([table, { timeToLive }]) => (timeToLive?.Enabled ? [{ table, attribute: timeToLive.AttributeName }] : [])),
    operations: {
      async CreateTable(input) {
        const created = await engine.run('CreateTable', input);
        tables.set(tableName(input), {
          deletionProtection: input['DeletionProtectionEnabled'] === true,
          timeToLive: undefined,
          recovery: undefined,
          encryption: input['SSESpecification'] as JsonInput | undefined,
        });
        const description = describe(created['TableDescription']);
        const tags = input['Tags'];
        if (Array.isArray(tags) && tags.length > 0) await engine.run('TagResource', { ResourceArn: description['TableArn'], Tags: tags });
        return { TableDescription: description };
      },
      async DescribeTable(input) {
        const { Table } = await engine.run('DescribeTable', { TableName: tableName(input) });
        return { Table: describe(Table) };
      },
      async UpdateTable(input) {
        const { DeletionProtectionEnabled: protection, SSESpecification: encryption, ...rest } = input;
        const settings = settingsOf(input);
        if (Object.keys(rest).length > 1) await engine.run('UpdateTable', rest);
        if (typeof protection === 'boolean') settings.deletionProtection = protection;
        if (encryption !== undefined) settings.encryption = encryption as JsonInput;
        const { Table } = await engine.run('DescribeTable', { TableName: tableName(input) });
        return { TableDescription: describe(Table) };
      },
      async DeleteTable(input) {
        if (settingsOf(input).deletionProtection) {
          throw new AwsError(
            'ValidationException',
            'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
          );
        }
        const deleted = await engine.run('DeleteTable', { TableName: tableName(input) });
        const description = describe(deleted['TableDescription']);
        tables.delete(tableName(input));
        return { TableDescription: description };
      },
      UpdateTimeToLive(input) {
        const settings = settingsOf(input);
        const wanted = input['TimeToLiveSpecification'] as { AttributeName: string; Enabled: boolean } | undefined;
        if (typeof wanted?.AttributeName !== 'string' || typeof wanted.Enabled !== 'boolean') {
          throw new AwsError('ValidationException', 'TimeToLiveSpecification needs AttributeName and Enabled');
        }
        if ((settings.timeToLive?.Enabled ?? false) === wanted.Enabled) {
          throw new AwsError('ValidationException', `TimeToLive is already ${wanted.Enabled ? 'enabled' : 'disabled'}`);
        }
        settings.timeToLive = wanted;
        return { TimeToLiveSpecification: wanted };
      },
      DescribeTimeToLive(input) {
        const { timeToLive } = settingsOf(input);
        const on = timeToLive?.Enabled === true;
        return {
          TimeToLiveDescription: on
            ? { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.AttributeName }
            : { TimeToLiveStatus: 'DISABLED' },
        };
      },
      UpdateContinuousBackups(input) {
        const settings = settingsOf(input);
        const wanted = input['PointInTimeRecoverySpecification'] as
          | { PointInTimeRecoveryEnabled?: boolean; RecoveryPeriodInDays?: number }
          | undefined;
        if (typeof wanted?.PointInTimeRecoveryEnabled !== 'boolean') {
          throw new AwsError('ValidationException', 'PointInTimeRecoverySpecification needs PointInTimeRecoveryEnabled');
        }
        settings.recovery = { enabled: wanted.PointInTimeRecoveryEnabled, days: wanted.RecoveryPeriodInDays ?? 35, since: clock.now() };
        return backups(settings);
      },
      DescribeContinuousBackups: (input) => backups(settingsOf(input)),
    },
  };
}
