import { describe, expect, it } from 'vitest';
import { causeCanPass } from '../../../domain/rollout/create-failed.ts';

describe('a creation that failed gets another attempt', () => {
  it.each([
    'ThrottlingException',
    'TooManyRequestsException',
    'InternalFailureException',
    'ServiceUnavailableException',
    'LimitExceededException',
  ])('after %s', (code) => {
    expect(causeCanPass({ code, message: 'try again' })).toBe(true);
  });

  it('after a transient cause in the message of another service', () => {
    const message = 'Rate exceeded (Service: AWSIot; Status Code: 400; Error Code: ThrottlingException; Request ID: 1)';
    expect(causeCanPass({ code: 'AWSIotException', message })).toBe(true);
    expect(causeCanPass({ code: 'AWSIotException', message: '(Service: AWSIot; Error Code:ThrottlingException)' })).toBe(true);
  });

  it('if there were too many streams, with any code', () => {
    expect(
      causeCanPass({ code: 'AWSIotException', message: 'You have exceeded the limit for the number of streams in your AWS account.' }),
    ).toBe(true);
  });
});

describe('a creation that failed gets no other attempt', () => {
  it.each(['AccessDeniedException', 'ResourceNotFoundException', 'InvalidRequestException', 'AWSIotException', 'SomethingNew'])(
    'after %s',
    (code) => {
      expect(causeCanPass({ code, message: 'no' })).toBe(false);
    },
  );

  it('if the message names a final cause', () => {
    const message =
      'User: arn:aws:sts::1:assumed-role/iot-ota/x is not authorized to perform: iam:PassRole (Service: AWSIot; Status Code: 403; Error Code: AccessDeniedException; Request ID: 1)';
    expect(causeCanPass({ code: 'AWSIotException', message })).toBe(false);
    expect(causeCanPass({ code: 'ThrottlingException', message })).toBe(false);
  });

  it('if the message names a final cause and also the number of streams', () => {
    const message = 'exceeded the limit for the number of streams (Service: AWSIot; Status Code: 400; Error Code: InvalidRequestException)';
    expect(causeCanPass({ code: 'AWSIotException', message })).toBe(false);
  });

  it('if nothing is known about the cause', () => {
    expect(causeCanPass({})).toBe(false);
    expect(causeCanPass({ code: 'AWSIotException' })).toBe(false);
  });
});
