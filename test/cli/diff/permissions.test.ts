import { describe, expect, it } from 'vitest';
import { changedPermissions } from '../../../cli/diff/permissions.ts';
import { templateOf } from '../../../cli/diff/template.ts';

const allow = { Sid: 'S', Effect: 'Allow', Principal: '*', Action: 'a:b', Resource: '*' };
const policy = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });
const role = { AssumeRolePolicyDocument: policy(allow), Policies: [{ PolicyName: 'own', PolicyDocument: policy(allow) }] };
const template = (resources: object) => templateOf({ Resources: resources }, 'test');
const resource = (Type: string, Properties: object) => ({ Type, Properties });
const changes = (before: object, after: object) => changedPermissions(template(before), template(after), (id) => id);
/** Each change as `RESOURCE POLICY: CHANGE, ALLOWS`. */
const told = (before: object, after: object) =>
  changes(before, after).map(({ resource: id, policy: path, change, allows }) => `${id} ${path}: ${change}, ${allows}`);

describe('Every kind of policy is looked at', () => {
  it.each<[type: string, path: string, properties: object]>([
    ['AWS::IAM::Role', 'AssumeRolePolicyDocument', { AssumeRolePolicyDocument: policy(allow) }],
    ['AWS::IAM::Role', 'Policies.own', { Policies: [{ PolicyName: 'own', PolicyDocument: policy(allow) }] }],
    ['AWS::IAM::Policy', 'PolicyDocument', { PolicyDocument: policy(allow) }],
    ['AWS::SQS::QueuePolicy', 'PolicyDocument', { PolicyDocument: policy(allow) }],
    ['AWS::S3::BucketPolicy', 'PolicyDocument', { PolicyDocument: { Statement: allow } }],
    ['AWS::Events::EventBus', 'Policy', { Policy: policy(allow) }],
    ['AWS::KMS::Key', 'KeyPolicy', { KeyPolicy: policy(allow) }],
    ['AWS::DynamoDB::Table', 'ResourcePolicy.PolicyDocument', { ResourcePolicy: { PolicyDocument: policy(allow) } }],
    ['Custom::Unknown', 'Deep.0.Document', { Deep: [{ Document: policy(allow) }] }],
  ])('of %s: %s', (type, path, properties) => {
    expect(told({}, { X: resource(type, properties) })).toEqual([`X ${path}: added, more`]);
    expect(told({ X: resource(type, properties) }, { X: resource(type, {}) })).toEqual([`X ${path}: removed, less`]);
  });

  it('of AWS::Lambda::Permission, whose properties are the statement', () => {
    const permission = (source: object) =>
      resource('AWS::Lambda::Permission', {
        FunctionName: 'f',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        ...source,
      });
    expect(told({}, { X: permission({ SourceArn: 'arn' }) })).toEqual(['X : added, more']);
    expect(told({ X: permission({ SourceArn: 'arn' }) }, { X: permission({}) })).toEqual(['X : changed, more']);
  });

  it('of AWS::Events::EventBusPolicy, whose Statement is a property', () => {
    expect(told({}, { X: resource('AWS::Events::EventBusPolicy', { StatementId: 'x', Statement: allow }) })).toEqual(['X : added, more']);
  });

  it('of two policies with the same name', () => {
    const twice = { Policies: [allow, { ...allow, Sid: 'T' }].map((each) => ({ PolicyName: 'own', PolicyDocument: policy(each) })) };
    expect(told({}, { X: resource('AWS::IAM::Role', twice) })).toHaveLength(2);
  });
});

describe('Properties that decide who may do what are permissions, too', () => {
  it.each<[type: string, before: object, after: object, told: string]>([
    ['AWS::IAM::Role', {}, { ManagedPolicyArns: ['arn:admin'] }, 'X ManagedPolicyArns: added, more'],
    ['AWS::IAM::Role', { PermissionsBoundary: 'arn' }, {}, 'X PermissionsBoundary: removed, unclear'],
    ['AWS::IAM::Policy', { Roles: ['a'] }, { Roles: ['a', 'b'] }, 'X Roles: changed, more'],
    ['AWS::IAM::Policy', { Roles: ['a', 'b'] }, { Roles: ['b'] }, 'X Roles: changed, less'],
    ['AWS::Lambda::Function', { Role: 'a' }, { Role: 'b' }, 'X Role: changed, unclear'],
    [
      'AWS::S3::Bucket',
      { PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
      { PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
      'X PublicAccessBlockConfiguration: changed, unclear',
    ],
    ['AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'A' }] }, { Queues: [{ Ref: 'B' }] }, 'X Queues: changed, unclear'],
  ])('of %s: %j became %j', (type, before, after, line) => {
    expect(told({ X: resource(type, before) }, { X: resource(type, after) })).toEqual([line]);
  });

  it('such as the Version of a policy, which decides what its variables mean', () => {
    const old = { X: resource('AWS::IAM::Policy', { PolicyDocument: policy(allow) }) };
    const next = { X: resource('AWS::IAM::Policy', { PolicyDocument: { Statement: [allow] } }) };
    expect(told(old, next)).toEqual(['X PolicyDocument.Version: removed, unclear']);
  });
});

it('A role that is new or gone is reported with its trust and every statement', () => {
  expect(told({}, { R: resource('AWS::IAM::Role', role) })).toEqual([
    'R AssumeRolePolicyDocument: added, more',
    'R Policies.own: added, more',
  ]);
  expect(told({ R: resource('AWS::IAM::Role', role) }, {})).toHaveLength(2);
});

it('A Deny that is gone with its queue allows nothing more, and one that leaves the queue behind does', () => {
  const deny = resource('AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'Q' }], PolicyDocument: policy({ ...allow, Effect: 'Deny' }) });
  const queue = resource('AWS::SQS::Queue', {});
  expect(told({ P: deny, Q: queue }, {}).at(0)).toBe('P PolicyDocument: removed, less');
  expect(told({ P: deny, Q: queue }, { Q: queue }).at(0)).toBe('P PolicyDocument: removed, more');
});

describe('A Deny that is gone allows more, if what it was attached to stays', () => {
  const deny = policy({ ...allow, Effect: 'Deny' });
  it.each<[type: string, properties: object, others: object, stay: object]>([
    ['AWS::IAM::Policy', { PolicyDocument: deny, Roles: [{ Ref: 'R' }] }, { R: role }, { R: role }],
    ['AWS::IAM::Policy', { PolicyDocument: deny, Roles: ['a-role-of-another-stack'] }, {}, {}],
    ['AWS::Events::EventBusPolicy', { Statement: { ...allow, Effect: 'Deny' } }, {}, {}],
    ['AWS::S3::BucketPolicy', { PolicyDocument: deny, Bucket: { 'Fn::Sub': `\${AWS::AccountId}-bucket` } }, {}, {}],
  ])('%s %j', (type, properties, others, stay) => {
    const each = (resources: object) =>
      Object.fromEntries(Object.entries(resources).map(([id, own]) => [id, resource('AWS::IAM::Role', own)]));
    expect(told({ X: resource(type, properties), ...each(others) }, each(stay)).at(0)).toMatch(/removed, more$/);
  });

  it('such as a bucket that AWS keeps', () => {
    const bucketPolicy = resource('AWS::S3::BucketPolicy', { Bucket: { Ref: 'B' }, PolicyDocument: deny });
    const bucket = { ...resource('AWS::S3::Bucket', {}), DeletionPolicy: 'Retain' };
    expect(told({ X: bucketPolicy, B: bucket }, {}).at(0)).toBe('X PolicyDocument: removed, more');
  });

  it('so fewer roles of a policy with a Deny are for a reader to judge', () => {
    const old = { X: resource('AWS::IAM::Policy', { PolicyDocument: deny, Roles: ['a', 'b'] }) };
    expect(told(old, { X: resource('AWS::IAM::Policy', { PolicyDocument: deny, Roles: ['a'] }) })).toEqual(['X Roles: changed, unclear']);
  });
});

describe('A policy that cannot be read as statements is a change of permissions, for a reader to judge', () => {
  const wide = policy({ ...allow, Action: '*' });
  const either = (value: unknown) => ({ 'Fn::If': ['IsProd', value, { Ref: 'AWS::NoValue' }] });
  const include = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://elsewhere/policies.yml' } } };
  it.each<[what: string, type: string, properties: object, path: string]>([
    ['a document in Fn::If', 'AWS::IAM::Role', { Policies: [{ PolicyName: 'own', PolicyDocument: either(wide) }] }, 'Policies'],
    ['a named policy in Fn::If', 'AWS::IAM::Role', { Policies: [either({ PolicyName: 'own', PolicyDocument: wide })] }, 'Policies'],
    ['policies in Fn::If', 'AWS::IAM::Role', { Policies: either([{ PolicyName: 'own', PolicyDocument: wide }]) }, 'Policies'],
    ['policies from elsewhere', 'AWS::IAM::Role', { Policies: include }, 'Policies'],
    ['properties from elsewhere', 'AWS::IAM::Role', include, 'Fn::Transform'],
    ['JSON text', 'AWS::Logs::ResourcePolicy', { PolicyDocument: JSON.stringify(wide) }, 'PolicyDocument'],
    ['JSON text in Fn::Sub', 'AWS::Logs::ResourcePolicy', { PolicyDocument: { 'Fn::Sub': JSON.stringify(wide) } }, 'PolicyDocument'],
    ['other capitals', 'AWS::IAM::ManagedPolicy', { PolicyDocument: { statement: [allow] } }, 'PolicyDocument'],
  ])('%s', (_what, type, properties, path) => {
    expect(told({ X: resource(type, {}) }, { X: resource(type, properties) })).toEqual([`X ${path}: added, unclear`]);
  });

  it('and so is what another branch of Fn::If says', () => {
    const of = (document: object) => ({ X: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: either(document) }) });
    expect(told(of(policy(allow)), of(wide))).toEqual(['X PolicyDocument: changed, unclear']);
  });

  it('and so is the condition of a resource that has a policy', () => {
    const queuePolicy = resource('AWS::SQS::QueuePolicy', { PolicyDocument: wide });
    expect(told({ X: queuePolicy }, { X: { ...queuePolicy, Condition: 'Never' } })).toEqual(['X Condition: added, unclear']);
  });

  it.each<[type: string, properties: object, line: string]>([
    ['AWS::IAM::UserToGroupAddition', { GroupName: 'admins', Users: ['me'] }, 'X GroupName: added, unclear'],
    ['AWS::IAM::AccessKey', { UserName: 'me' }, 'X UserName: added, unclear'],
    ['AWS::IAM::RolePolicy', { RoleName: 'admin' }, 'X RoleName: added, unclear'],
    ['AWS::Events::EventBusPolicy', { StatementId: 'x', Action: 'events:PutEvents', Principal: '*' }, 'X Action: added, unclear'],
    ['AWS::Lambda::LayerVersionPermission', { Principal: '*', Action: 'lambda:GetLayerVersion' }, 'X : added, more'],
  ])('and so is %s', (type, properties, line) => {
    expect(told({}, { X: resource(type, properties) })).toContain(line);
  });
});

it('Members with the names of members of every object are ordinary ones', () => {
  const hostile = JSON.parse('{"constructor":{"Type":"toString","Properties":{"__proto__":{"Statement":[{"Effect":"Allow"}]}}}}');
  expect(told({}, hostile)).toEqual(['constructor __proto__: added, more']);
});
