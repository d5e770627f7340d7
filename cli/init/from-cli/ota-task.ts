import { formatPath } from 'aws-ota-models';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { type JsonObject, omit } from '../../../domain/channels/template-shape.ts';
import { bucketsIn, DESCRIPTION, MADE, movedIf, objectIn, RESERVED, someOf, type Taken, timesOf } from './members.ts';

/** The channel in a file for `aws iot-managed-integrations create-ota-task`. Throws UsageError if a member has a value of a wrong kind. */
export function takeOtaTask(request: JsonObject): Taken {
  const times = timesOf(objectIn(request, 'OtaSchedulingConfig'), { StartTime: 'startAt', EndTime: 'endAt' }, 'OtaSchedulingConfig');
  const tags = objectIn(request, 'Tags');
  const url = request['S3Url'];
  return {
    request: {
      ...omit(request, ['S3Url', 'ClientToken', 'Description', 'OtaSchedulingConfig', 'Tags']),
      ...someOf('OtaSchedulingConfig', times.kept),
      ...someOf('Tags', omit(tags, Object.keys(tags).filter(isReserved))),
    },
    besides: { ...times.besides, ...(request['TaskConfigurationId'] === undefined && { unguarded: 'allow' }) },
    buckets: typeof url === 'string' ? bucketsIn(url) : [],
    moved: [
      ...movedIf(request, 'S3Url', 'left out: the service writes the job document to S3. Members of your own go into jobDocument'),
      ...movedIf(request, 'ClientToken', `left out: ${MADE}`),
      ...movedIf(request, 'Description', DESCRIPTION),
      ...(request['TaskConfigurationId'] === undefined
        ? [{ member: 'TaskConfigurationId', where: 'is missing, so there are no abort criteria: the channel has unguarded: allow' }]
        : []),
      ...times.moved,
      ...Object.keys(tags)
        .filter(isReserved)
        .map((key) => ({ member: formatPath(['Tags', key]), where: RESERVED })),
    ],
  };
}
