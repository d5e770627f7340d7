import { partitionOf } from '../../partition.ts';
import { AwsError } from '../aws-error.ts';
import type { ServiceRequest } from '../service.ts';
import type { S3Call } from './operation.ts';
import type { BucketStore } from './store.ts';
import { parseXml, textOf } from './xml.ts';

/** Regions that S3 had before 20 March 2019. Later ones answer 400 at the wrong location (S3 API reference, "Request redirection"). */
const REDIRECTING = new Set([
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1'],
  ...['ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'us-gov-east-1'],
]);

/** Operations that S3 answers for a bucket of any Region: it makes or finds out the Region. */
const ANYWHERE = new Set(['CreateBucket', 'GetBucketLocation', 'ListBuckets']);

/**
 * Refuses a request that was signed for another Region than its bucket's, because only the signature says which endpoint
 * it was for. An unsigned request is taken to be for the right one.
 * @throws PermanentRedirect 301, or IllegalLocationConstraintException 400 for a bucket of a newer Region, with the bucket's
 *   Region in a header
 */
export function checkRegion(store: BucketStore, operation: string, { request, bucket }: S3Call): void {
  const home = store.buckets.get(bucket)?.region;
  if (home === undefined || home === request.region || ANYWHERE.has(operation) || !isSigned(request)) return;
  const headers = { 'x-amz-bucket-region': home };
  if (!REDIRECTING.has(home)) throw incompatible(home, headers);
  throw new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { status: 301, fields: { Endpoint: `${bucket}.s3.${home}.${partitionOf(home).dnsSuffix}`, Bucket: bucket, headers } },
  );
}

function isSigned({ headers, query }: ServiceRequest): boolean {
  return headers['authorization'] !== undefined || query.has('X-Amz-Credential');
}

/**
 * The Region of a bucket that is created: its LocationConstraint, or the Region of the request. Through us-east-1 a bucket
 * of every Region of the partition can be created, through other Regions only one of that Region.
 * @throws InvalidLocationConstraint or IllegalLocationConstraintException
 */
export function regionOfNewBucket({ region, body }: ServiceRequest): string {
  const constraint = textOf(parseXml(body.toString('utf8')), 'LocationConstraint') ?? '';
  if (constraint === '') return region;
  const home = constraint === 'EU' ? 'eu-west-1' : constraint;
  const isRegion = /^[a-z]{2,4}(-[a-z]+)+-\d$/.test(home) && home !== 'us-east-1' && partitionOf(home).name === partitionOf(region).name;
  if (!isRegion) {
    throw new AwsError('InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      fields: { LocationConstraint: constraint },
    });
  }
  if (region !== 'us-east-1' && region !== home) throw incompatible(home);
  return home;
}

function incompatible(region: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError(
    'IllegalLocationConstraintException',
    `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    { fields: { headers } },
  );
}
