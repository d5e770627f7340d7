/** The kinds of faults, each with what the caller of AWS gets. */
export const faultKinds: readonly (readonly [kind: string, about: string])[] = [
  ['throttle', 'AWS throttles the request.'],
  ['error500', 'An internal error of the service. Nothing is done.'],
  ['error503', 'The service is unavailable. Nothing is done.'],
  ['lateError500', 'An internal error, but the request is carried out.'],
  ['lateError503', 'The service is unavailable, but the request is carried out.'],
  ['quota410', 'A limit of the account is exceeded. Nothing is done.'],
  ['lostReply', 'The request is carried out, and the connection is cut before the answer.'],
  ['stalledBody', 'The request is carried out, and the answer stops in the middle.'],
  ['staleConnection', 'A connection that was used before is reset. Nothing is done.'],
  ['slow', 'The answer comes late.'],
  ['outage', 'The connection is cut. Nothing is done.'],
  ['createFailed', 'The create is answered as usual, and the creation fails later.'],
  ['eventLost', 'A job event of AWS IoT is lost.'],
  ['eventTwice', 'A job event of AWS IoT comes twice.'],
  ['eventLate', 'A job event of AWS IoT comes late.'],
];

/** The names that requests of the services are signed for, those that the functions use first. */
export const faultServices = [
  'iot',
  'iotmanagedintegrations',
  'sqs',
  'dynamodb',
  'events',
  's3',
  'cloudformation',
  'iam',
  'kms',
  'lambda',
  'monitoring',
  'servicequotas',
  'signer',
  'sns',
  'sts',
  'iot-jobs-data',
  'iotjobsdata',
] as const;

/** The fields with a number, each with the member of the fault that it becomes. */
export const faultNumbers = ['times', 'after', 'probability', 'abovePerSecond', 'forMilliseconds', 'delayMilliseconds'] as const;

/** What a person typed into the form of a fault. A field that is empty is left out. */
export type FaultFields = {
  readonly kind: string;
  readonly service: string;
  readonly operation: string;
  readonly code: string;
  readonly message: string;
} & {
  readonly [Name in (typeof faultNumbers)[number]]: string;
};

export const noFault: FaultFields = {
  kind: 'throttle',
  service: 'iot',
  operation: '',
  times: '',
  after: '',
  probability: '',
  abovePerSecond: '',
  forMilliseconds: '',
  delayMilliseconds: '',
  code: '',
  message: '',
};

/** The fault that is armed. The local service refuses a field that is not a number, and names it. */
export function faultOf(fields: FaultFields): Readonly<Record<string, unknown>> {
  const { kind, service, operation, code, message } = fields;
  const numbers = faultNumbers.filter((name) => fields[name].trim() !== '').map((name) => [name, Number(fields[name])]);
  return {
    kind,
    service: service.trim(),
    ...(operation.trim() !== '' && { operation: operation.trim() }),
    ...Object.fromEntries(numbers),
    ...(kind === 'createFailed' && code.trim() !== '' && { errorInfo: { code: code.trim(), message } }),
  };
}
