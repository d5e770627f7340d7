import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { resolveTemplate } from '../support/resolved-template.ts';
import { get } from './assertions/assertion.ts';

const { Resources } = resolveTemplate(await compiledTemplate({ channels: readFileSync('test/infrastructure/channels.yml', 'utf8') }));

describe('The runbook', () => {
  const runbook = readFileSync('docs/how-to/runbook.md', 'utf8');
  const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text.replace(/[`*]/g, '').trim());

  it('has a section for every alarm and for nothing else', () => {
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const names = alarms.map(({ Properties }) => String(Properties['AlarmName']).replace('ota-dispatch-local-', '')).sort();
    const start = headings.indexOf('The alarms');
    const sections = headings.slice(start + 1).filter((heading) => /^[a-z-]+$/.test(heading));
    expect(sections.sort()).toEqual(names);
  });

  it('never names an alarm like one of another stage, as event-lost of the stage qa-steering', () => {
    const alarms = Object.values(Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const names = alarms.map(({ Properties }) => String(Properties['AlarmName']).replace('ota-dispatch-local-', ''));
    expect(names.filter((name) => names.some((other) => name.endsWith(`-${other}`)))).toEqual([]);
  });

  it('restores the ledger under its own name, from a backup that exists before the damaged table is deleted', () => {
    const swap = runbook.slice(runbook.indexOf('. **Swap**'), runbook.indexOf('. **Empty the lock table**'));
    const ledger = 'ota-dispatch-prod-ledger';
    const steps = [
      'aws dynamodb create-backup --table-name ota-dispatch-prod-restored-ledger',
      '# AVAILABLE',
      `aws dynamodb update-table --table-name ${ledger} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table --table-name ${ledger}`,
      `aws dynamodb restore-table-from-backup --target-table-name ${ledger}`,
      `aws dynamodb update-table --table-name ${ledger} --deletion-protection-enabled`,
      `aws dynamodb update-continuous-backups --table-name ${ledger} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
    ];
    const places = steps.map((step) => swap.indexOf(step));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('empties the lock table by its key, while the service is stopped', () => {
    const recovery = runbook.slice(runbook.indexOf('\n## Disaster recovery'), runbook.indexOf('\n## What it costs'));
    const step = (text: string) => recovery.indexOf(text);
    expect(step('. **Stop**')).toBeGreaterThan(0);
    expect(step('. **Empty the lock table**')).toBeGreaterThan(step('. **Swap**'));
    expect(step('. **Start**')).toBeGreaterThan(step('. **Empty the lock table**'));
    const [, key = '{}'] = /delete-item --table-name ota-dispatch-prod-lock --key '(.+?)'$/m.exec(recovery) ?? [];
    const schema = get(Resources, 'LockTable.Properties.KeySchema') as { readonly AttributeName: string }[];
    expect(Object.keys(JSON.parse(key))).toEqual(schema.map(({ AttributeName }) => AttributeName));
  });
});
