import { arn, type GetAtt, type Sub, variable } from './cloudformation.ts';

/** The name of the IoT rule of a stage. Such a name has no hyphen, so `_` stands for it. No stage has `_`, so no two share a name. */
export const jobEventsRuleName = (stage: string): string => `ota_dispatch_${stage.replaceAll('-', '_')}_job_events`;

/** The ARN of that rule. */
export const jobEventsRuleArn = (stage: string): Sub =>
  arn(`iot:${variable('AWS::Region')}:${variable('AWS::AccountId')}:rule/${jobEventsRuleName(stage)}`);

/** The roles that may send to the follow-ups queue. With job events, AWS IoT sends with a role of its own. */
export const followUpSenders = (hasJobEvents: boolean): readonly GetAtt[] =>
  ['ReleasesRole', 'FollowUpsRole', 'SweepRole', 'OperatorRole', ...(hasJobEvents ? ['JobEventsRole'] : [])].map((role) => ({
    'Fn::GetAtt': [role, 'Arn'],
  }));
