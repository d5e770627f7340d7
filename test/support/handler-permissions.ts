import type { Resource } from '../../scripts/compiled-template.ts';
import { ACCOUNT, REGION } from './resolved-template.ts';

/** What CloudFormation calls for a resource, with the rights of the deployer. */
export type HandlerPermissions = {
  readonly actions: readonly string[];
  /** The ARNs on which the actions are evaluated. */
  readonly on: (resource: Resource) => readonly string[];
  /** Context keys of the requests. */
  readonly with?: (resource: Resource) => Readonly<Record<string, string>>;
};

const here = (service: string, rest: unknown) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const named =
  (service: string, property: string, prefix = '') =>
  (resource: Resource) => [here(service, `${prefix}${resource.Properties[property]}`)];
const prefixed = (service: string, actions: string) => actions.split(' ').map((action) => `${service}:${action}`);

const bucket = ({ Properties }: Resource) => [
  `arn:aws:s3:::${Properties['BucketName'] ?? Properties['Bucket'] ?? 'ota-dispatch-prod-serverlessdeploymentbucket-1x2y3z'}`,
];
const queueUrls = ({ Properties }: Resource) => (Properties['Queues'] as string[]).map((url) => here('sqs', url.split('/').at(-1)));
const rule = ({ Properties: { Name, EventBusName } }: Resource) => [
  here('events', `rule/${EventBusName === undefined ? '' : `${EventBusName}/`}${Name}`),
];
const roles = ({ Properties }: Resource) =>
  ((Properties['Roles'] ?? [Properties['RoleName']]) as string[]).map((name) => `arn:aws:iam::${ACCOUNT}:role/${name}`);

/**
 * What each type of the template needs to be created, read, updated and deleted: the permissions that the handlers of its
 * resource provider schema list (registry of CloudFormation), but for members that the template does not have.
 */
export const handlerPermissions: Readonly<Record<string, HandlerPermissions>> = {
  'AWS::CloudWatch::Alarm': {
    actions: prefixed('cloudwatch', 'PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource'),
    on: named('cloudwatch', 'AlarmName', 'alarm:'),
  },
  'AWS::CloudWatch::Dashboard': {
    actions: prefixed('cloudwatch', 'PutDashboard GetDashboard DeleteDashboards'),
    on: ({ Properties }) => [`arn:aws:cloudwatch::${ACCOUNT}:dashboard/${Properties['DashboardName']}`],
  },
  'AWS::DynamoDB::Table': {
    actions: prefixed(
      'dynamodb',
      'CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups DescribeTimeToLive UpdateTimeToLive DescribeContributorInsights DescribeKinesisStreamingDestination GetResourcePolicy ListTagsOfResource TagResource UntagResource',
    ),
    on: named('dynamodb', 'TableName', 'table/'),
  },
  'AWS::Events::EventBus': {
    actions: prefixed(
      'events',
      'CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus PutPermission RemovePermission ListTagsForResource TagResource UntagResource',
    ),
    on: named('events', 'Name', 'event-bus/'),
  },
  'AWS::Events::Rule': {
    actions: prefixed(
      'events',
      'PutRule DescribeRule EnableRule DisableRule DeleteRule PutTargets ListTargetsByRule RemoveTargets TagResource UntagResource',
    ),
    on: rule,
  },
  'AWS::IAM::Policy': { actions: prefixed('iam', 'PutRolePolicy GetRolePolicy DeleteRolePolicy'), on: roles },
  'AWS::IAM::Role': {
    actions: prefixed(
      'iam',
      'CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy ListAttachedRolePolicies TagRole UntagRole',
    ),
    on: roles,
  },
  'AWS::IoT::TopicRule': {
    actions: prefixed('iot', 'CreateTopicRule GetTopicRule ReplaceTopicRule DeleteTopicRule ListTagsForResource TagResource UntagResource'),
    on: named('iot', 'RuleName', 'rule/'),
  },
  'AWS::KMS::Key': {
    actions: prefixed(
      'kms',
      'CreateKey DescribeKey DisableKey EnableKey EnableKeyRotation DisableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription',
    ),
    on: () => [here('kms', 'key/1111')],
    with: () => ({ 'aws:RequestTag/service': 'ota-dispatch', 'aws:ResourceTag/service': 'ota-dispatch' }),
  },
  'AWS::Lambda::EventInvokeConfig': {
    actions: prefixed(
      'lambda',
      'PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig',
    ),
    on: named('lambda', 'FunctionName', 'function:'),
  },
  'AWS::Lambda::EventSourceMapping': {
    actions: prefixed(
      'lambda',
      'CreateEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping TagResource UntagResource ListTags',
    ),
    on: () => [here('lambda', 'event-source-mapping:11111111-2222-3333-4444-555555555555')],
    with: ({ Properties }) => ({ 'lambda:FunctionArn': String(Properties['FunctionName']) }),
  },
  'AWS::Lambda::Function': {
    actions: prefixed(
      'lambda',
      'CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig GetFunctionRecursionConfig GetRuntimeManagementConfig UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction PutFunctionConcurrency DeleteFunctionConcurrency ListTags TagResource UntagResource',
    ),
    on: named('lambda', 'FunctionName', 'function:'),
  },
  'AWS::Lambda::Permission': {
    actions: prefixed('lambda', 'AddPermission RemovePermission GetPolicy'),
    on: ({ Properties }) => [String(Properties['FunctionName'])],
  },
  'AWS::Logs::LogGroup': {
    actions: prefixed(
      'logs',
      'CreateLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy GetDataProtectionPolicy DeleteLogGroup ListTagsForResource TagResource UntagResource',
    ),
    on: named('logs', 'LogGroupName', 'log-group:'),
  },
  'AWS::S3::Bucket': {
    actions: prefixed(
      's3',
      'CreateBucket DeleteBucket ListBucket PutBucketTagging GetBucketTagging PutBucketVersioning GetBucketVersioning PutEncryptionConfiguration GetEncryptionConfiguration PutBucketPublicAccessBlock GetBucketPublicAccessBlock PutBucketOwnershipControls GetBucketOwnershipControls PutLifecycleConfiguration GetLifecycleConfiguration',
    ),
    on: bucket,
  },
  'AWS::S3::BucketPolicy': { actions: prefixed('s3', 'PutBucketPolicy GetBucketPolicy DeleteBucketPolicy'), on: bucket },
  'AWS::SNS::Subscription': {
    actions: prefixed('sns', 'Subscribe Unsubscribe GetSubscriptionAttributes ListSubscriptionsByTopic'),
    on: ({ Properties }) => [String(Properties['TopicArn'])],
  },
  'AWS::SNS::Topic': {
    actions: prefixed(
      'sns',
      'CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes GetDataProtectionPolicy ListSubscriptionsByTopic ListTagsForResource TagResource UntagResource',
    ),
    on: named('sns', 'TopicName'),
  },
  'AWS::SNS::TopicPolicy': {
    actions: prefixed('sns', 'GetTopicAttributes SetTopicAttributes'),
    on: ({ Properties }) => Properties['Topics'] as string[],
  },
  'AWS::SQS::Queue': {
    actions: prefixed('sqs', 'CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueueTags TagQueue UntagQueue'),
    on: named('sqs', 'QueueName'),
  },
  'AWS::SQS::QueuePolicy': { actions: prefixed('sqs', 'GetQueueAttributes SetQueueAttributes'), on: queueUrls },
};
