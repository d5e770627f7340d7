import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, it } from 'vitest';
import { fateOf, naming, replacing } from '../../../cli/diff/replacement.ts';
import { compiledTemplate } from '../../../scripts/compiled-template.ts';

const spec = loadAwsServiceSpecSync();
const propertiesOf = (type: string) => spec.lookup('resource', 'cloudFormationType', 'equals', type)[0]?.properties ?? {};

describe('The table of properties that replace a resource', () => {
  it.each(Object.keys(replacing))('has what the specification of CloudFormation says of %s', (type) => {
    const causing = Object.entries(propertiesOf(type)).filter(([, { causesReplacement }]) => causesReplacement === 'yes');
    expect(replacing[type]).toEqual(causing.map(([name]) => name).sort());
  });

  it('leaves out nothing that may replace a resource under some condition', () => {
    const maybe = Object.keys(replacing).flatMap((type) =>
      Object.entries(propertiesOf(type)).filter(([, { causesReplacement }]) => causesReplacement === 'maybe'),
    );
    expect(maybe).toEqual([]);
  });

  it('has every type of the template', async () => {
    const { Resources } = await compiledTemplate({ stage: 'prod', params: { kmsKey: 'create', alarmEmail: 'on-call@acme.example' } });
    const types = [...new Set(Object.values(Resources).map(({ Type }) => Type))];
    expect(types.filter((type) => replacing[type] === undefined)).toEqual([]);
  });

  it('names resources by a property that replaces them', () => {
    expect(Object.entries(naming).filter(([type, name]) => !replacing[type]?.includes(name))).toEqual([]);
  });
});

describe('The fate of a resource', () => {
  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'a' } };
  const kept = { ...queue, DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  const renamed = { Properties: { QueueName: 'b' } };
  const fate = (before: Parameters<typeof fateOf>[0], after: Parameters<typeof fateOf>[1], ...names: string[]) =>
    fateOf(before, after, names, (id) => id);

  it('is to be deleted if it is gone, or to stay at AWS if its policy says so', () => {
    expect([fate(queue, undefined), fate(kept, undefined)]).toEqual(['deleted', 'kept']);
    expect(fate({ ...queue, DeletionPolicy: 'Delete' }, undefined)).toBe('deleted');
  });

  it('is to be replaced if its name changes, and the old one stays only if both templates say so', () => {
    expect(fate(queue, { ...queue, ...renamed }, 'QueueName')).toBe('replaced');
    expect(fate(kept, { ...kept, ...renamed }, 'QueueName')).toBe('replaced-and-kept');
    expect(fate(kept, { ...queue, ...renamed }, 'QueueName')).toBe('replaced');
  });

  it('is to be refused if another property would replace it under the same name, or if its type changes', () => {
    expect(fate(queue, queue, 'FifoQueue')).toBe('refused');
    expect(fate({ ...queue, Properties: {} }, { ...queue, Properties: {} }, 'FifoQueue')).toBe('replaced');
    expect(fate(queue, { ...queue, Type: 'AWS::SNS::Topic' })).toBe('refused');
  });

  it('is nothing special if another property changes', () => {
    expect(fate(queue, queue, 'VisibilityTimeout')).toBeUndefined();
  });

  it('is no longer to be kept if the policy that keeps it is gone', () => {
    expect([fate(kept, queue), fate(queue, kept)]).toEqual(['no-longer-kept', undefined]);
  });

  it.each(['Custom::Thing', 'constructor'])('is not known for the type %s if a property changes', (Type) => {
    const other = { Type, Properties: {} };
    expect([fate(other, other, 'A'), fate(other, other)]).toEqual(['may-be-replaced', undefined]);
  });
});
