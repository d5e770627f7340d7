import { describe, expect, it } from 'vitest';
import { compare } from '../../../cli/diff/compare.ts';
import { linesOf, summaryOf } from '../../../cli/diff/report.ts';
import { templateOf } from '../../../cli/diff/template.ts';

const template = (Resources: object, more: object = {}) => ({
  template: templateOf({ Resources, ...more }, 'test'),
  code: new Map<string, string>(),
});
const diff = (before: object, after: object) => compare(template(before), template(after));
/** The lines that a person sees, with the marks in the first column. */
const shown = (before: object, after: object) =>
  linesOf(diff(before, after)).map(({ mark, text }) => (mark === '@' ? `@@ ${text} @@` : `${mark}${text}`.trimEnd()));
const resource = (Type: string, Properties: object, attributes: object = {}) => ({ Type, Properties, ...attributes });
const role = (...statements: object[]) =>
  resource('AWS::IAM::Role', { RoleName: 'r', Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }] });
const read = { Sid: 'Read', Effect: 'Allow', Action: ['s3:Get', 's3:List'], Resource: 'a' };
const queue = (name: string, properties: object = {}) => resource('AWS::SQS::Queue', { QueueName: name, ...properties });

describe('A person reads', () => {
  it('a statement that changed as a whole, with what is new, gone and the same', () => {
    expect(shown({ R: role(read) }, { R: role({ ...read, Resource: 'b', Condition: { StringEquals: { k: 'v' } } }) })).toEqual([
      '',
      '@@ Permissions @@',
      ' R (AWS::IAM::Role)',
      '!  Policies.own: Allow Read (judge it yourself)',
      '     Action     s3:Get',
      '                s3:List',
      '-    Resource   a',
      '+               b',
      '+    if StringEquals k  v',
    ]);
  });

  it('what is deleted, kept, replaced, refused or no longer kept, and what is lost with it', () => {
    const keep = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
    const before = {
      A: queue('a'),
      B: { ...queue('b'), ...keep },
      C: queue('c'),
      D: { ...queue('d'), ...keep },
      E: queue('e'),
      F: { ...queue('f'), ...keep },
      G: resource('Custom::Thing', { x: 1 }),
    };
    const after = {
      C: queue('c2'),
      D: { ...queue('d2'), ...keep },
      E: queue('e', { FifoQueue: true }),
      F: queue('f'),
      G: resource('Custom::Thing', { x: 2 }),
    };
    expect(shown(before, after)).toEqual([
      '',
      '@@ Deleted, replaced or refused @@',
      '-  A (AWS::SQS::Queue a) is deleted, with its messages',
      '-  B (AWS::SQS::Queue b) leaves the stack, and stays at AWS',
      '!  C (AWS::SQS::Queue c2) is replaced: a new one is made, and the old one is deleted, with its messages',
      '!    QueueName: c → c2',
      '!  D (AWS::SQS::Queue d2) is replaced: a new one is made, and the old one stays at AWS without a stack',
      '!    QueueName: d → d2',
      '!  E (AWS::SQS::Queue e) cannot be changed in this way: CloudFormation refuses to replace it under the same name, or to change its type',
      '+    FifoQueue: true',
      '!  F (AWS::SQS::Queue f) is no longer kept when it leaves the stack: then it is deleted, with its messages',
      '-    DeletionPolicy: Retain',
      '-    UpdateReplacePolicy: Retain',
      '!  G (Custom::Thing) may be replaced: look up "Update requires" of its properties in the CloudFormation reference',
      '!    x: 1 → 2',
    ]);
  });

  it('resources that change alike once, and new ones each with its properties', () => {
    expect(
      shown({ A: queue('a'), B: queue('b') }, { A: queue('a', { DelaySeconds: 1 }), B: queue('b', { DelaySeconds: 1 }), C: queue('c') }),
    ).toEqual([
      '',
      '@@ Other resources @@',
      '!  A, B (AWS::SQS::Queue)',
      '+    DelaySeconds: 1',
      '+  C (AWS::SQS::Queue c)',
      '+    QueueName: c',
    ]);
  });

  it('functions, alarms and outputs each under a heading', () => {
    const f = (MemorySize: number) => resource('AWS::Lambda::Function', { FunctionName: 'f', MemorySize });
    const alarm = (Threshold: number) => resource('AWS::CloudWatch::Alarm', { AlarmName: 'a', Threshold });
    const outputs = (Value: string) => ({ Outputs: { O: { Value } } });
    const sides = [
      template({ F: f(1), A: alarm(1) }, outputs('x')),
      template({ F: f(2), A: alarm(2), B: alarm(3) }, outputs('y')),
    ] as const;
    expect(linesOf(compare(...sides)).map(({ text }) => text)).toEqual([
      ...['', 'Functions', '  F (AWS::Lambda::Function f)', '    MemorySize: 1 → 2', '  whether the code of f changed is not known'],
      ...['', 'Alarms', '  A (AWS::CloudWatch::Alarm a)', '    Threshold: 1 → 2', '  B (AWS::CloudWatch::Alarm a)'],
      ...['', 'Outputs', '  O', '    Value: x → y'],
    ]);
  });

  it('first what allows more, and last what allows less', () => {
    const [before, after] = [
      { Less: role(read), Unclear: role(read), More: role() },
      { Less: role(), Unclear: role({ ...read, Resource: 'b' }), More: role(read) },
    ];
    expect(shown(before, after).filter((line) => line.includes('AWS::IAM::Role'))).toEqual([
      ' More (AWS::IAM::Role)',
      ' Unclear (AWS::IAM::Role)',
      ' Less (AWS::IAM::Role)',
    ]);
    expect(summaryOf(diff(before, after))).toBe('3 changes of permissions: 1 allows more, 1 allows less, 1 needs a reader to judge.');
  });

  it('that no permission changes', () => {
    expect(summaryOf({ permissions: [], template: [] })).toBe('No permission changes.');
    expect(summaryOf({ permissions: [], template: [{ path: 'Description', after: 'x' }] })).toBe('No permission changes.');
  });

  it('names the parts of the template that can change what policies say', () => {
    const template = ['Parameters.Who.Default', 'Parameters.Who.Type', 'Transform', ''].map((path) => ({ path, after: 'x' }));
    expect(summaryOf({ permissions: [], template })).toBe(
      'No permission changes. Look at Parameters, Transform, Fn::Transform in the rest of the template, too: such a change can change permissions.',
    );
  });
});

describe('A value', () => {
  const lines = (before: unknown, after: unknown) => shown({ Q: queue('q', { V: before }) }, { Q: queue('q', { V: after }) }).slice(3);

  it('that is long is shown from before the first difference until after the last', () => {
    const text = (...marks: number[]) => `${'x'.repeat(500)}${marks.join('y'.repeat(200))}${'z'.repeat(500)}`;
    const ends = ['x'.repeat(30), 'z'.repeat(30)];
    expect(lines(text(1, 3), text(2, 4))).toEqual([
      '!    V:',
      `-      …${ends.join(`1${'y'.repeat(200)}3`)}…`,
      `+      …${ends.join(`2${'y'.repeat(200)}4`)}…`,
    ]);
  });

  it('that differs in very much is cut, with the number of characters that are left', () => {
    expect(lines('a', 'b'.repeat(1000))).toEqual(['!    V:', '-      a', `+      ${'b'.repeat(400)}… (600 more characters, see --json)`]);
    expect(lines(undefined, 'b'.repeat(401))).toEqual([`+    V: ${'b'.repeat(400)}… (1 more characters, see --json)`]);
  });

  it('of another type has its quotes', () => {
    expect(lines(60, '60')).toEqual(['!    V: 60 → "60"']);
  });

  it('cannot move the cursor or write a line of its own', () => {
    const hostile = `a\u001b[2J\n+ forged\u202e`;
    expect(lines('a', hostile)).toEqual(['!    V: a → a [2J + forged']);
    const statement = { ...read, Sid: `\r${hostile}`, Action: hostile };
    for (const line of shown({}, { [hostile]: role(statement) })) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('of which more than six stay the same is cut to six', () => {
    const many = Array.from({ length: 8 }, (_, index) => `s3:${index}`);
    const text = shown({ R: role({ ...read, Action: many }) }, { R: role({ ...read, Action: [...many, 's3:New'] }) });
    expect(text).toContain('                and 2 more that stay');
    expect(text).toContain('+               s3:New');
  });
});
