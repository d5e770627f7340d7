import { AwsError } from '../aws-error.ts';
import { isBucketName } from './bucket-names.ts';
import type { S3Operation } from './operation.ts';
import { regionOfNewBucket } from './regions.ts';
import type { BucketStore } from './store.ts';
import { element, parseXml, textOf, xmlAnswer, xmlDocument } from './xml.ts';

/** Sub-resources of buckets that are only stored: their name in the query, and in the names of operations. */
export const BUCKET_SETTINGS: Readonly<Record<string, string>> = {
  policy: 'BucketPolicy',
  encryption: 'BucketEncryption',
  lifecycle: 'BucketLifecycleConfiguration',
  publicAccessBlock: 'PublicAccessBlock',
  ownershipControls: 'BucketOwnershipControls',
  tagging: 'BucketTagging',
  cors: 'BucketCors',
  notification: 'BucketNotificationConfiguration',
  logging: 'BucketLogging',
};

const MISSING: Readonly<Record<string, readonly [code: string, message: string]>> = {
  policy: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
  lifecycle: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  publicAccessBlock: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  ownershipControls: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
  tagging: ['NoSuchTagSet', 'The TagSet does not exist'],
  cors: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
};

const DEFAULTS: Readonly<Record<string, string>> = {
  encryption: xmlDocument(
    'ServerSideEncryptionConfiguration',
    '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>',
  ),
  notification: xmlDocument('NotificationConfiguration', ''),
  logging: xmlDocument('BucketLoggingStatus', ''),
};

/** The operations on buckets and their configuration. */
export function createBucketOperations(store: BucketStore, now: () => number): Record<string, S3Operation> {
  const settings: Record<string, S3Operation> = {};
  for (const [name, spelled] of Object.entries(BUCKET_SETTINGS)) {
    const isPolicy = name === 'policy';
    settings[`Put${spelled}`] = ({ request, bucket }) => {
      const body = request.body.toString('utf8');
      const readable = isPolicy ? isJson(body) : parseXml(body) !== undefined;
      if (!readable) {
        throw isPolicy
          ? new AwsError('MalformedPolicy', 'This policy contains invalid Json')
          : new AwsError('MalformedXML', 'The XML you provided was not well-formed');
      }
      store.bucket(bucket).settings.set(name, body);
      return { status: isPolicy ? 204 : 200 };
    };
    settings[`Get${spelled}`] = ({ bucket }) => {
      const kept = store.bucket(bucket).settings.get(name) ?? DEFAULTS[name];
      const missing = MISSING[name];
      if (kept !== undefined)
        return isPolicy ? { status: 200, headers: { 'content-type': 'application/json' }, body: kept } : xmlAnswer(kept);
      throw new AwsError(missing?.[0] ?? 'NoSuchConfiguration', missing?.[1] ?? 'The configuration does not exist', { status: 404 });
    };
    settings[name === 'lifecycle' ? 'DeleteBucketLifecycle' : `Delete${spelled}`] = ({ bucket }) => {
      store.bucket(bucket).settings.delete(name);
      return { status: 204 };
    };
  }

  return {
    ...settings,
    ListBuckets({ request }) {
      const prefix = request.query.get('prefix') ?? '';
      const buckets = [...store.buckets.values()]
        .filter(({ name }) => name.startsWith(prefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(
          ({ name, region, created }) =>
            `<Bucket>${element('Name', name)}${element('CreationDate', new Date(created).toISOString())}${element('BucketRegion', region)}</Bucket>`,
        );
      return xmlAnswer(
        xmlDocument('ListAllMyBucketsResult', `<Owner>${element('ID', request.accountId)}</Owner><Buckets>${buckets.join('')}</Buckets>`),
      );
    },
    CreateBucket({ request, bucket }) {
      if (!isBucketName(bucket)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
      const region = regionOfNewBucket(request);
      const existing = store.buckets.get(bucket);
      if (existing !== undefined) {
        // In us-east-1 only, S3 lets an owner create a bucket twice.
        if (region === 'us-east-1' && existing.region === region) return { status: 200, headers: { location: `/${bucket}` } };
        throw new AwsError(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          { status: 409 },
        );
      }
      store.buckets.set(bucket, {
        name: bucket,
        region,
        created: now(),
        versioning: undefined,
        settings: new Map(),
        objects: new Map(),
        uploads: new Map(),
      });
      return { status: 200, headers: { location: `/${bucket}` } };
    },
    HeadBucket({ bucket }) {
      return { status: 200, headers: { 'x-amz-bucket-region': store.bucket(bucket).region } };
    },
    DeleteBucket({ bucket }) {
      if (store.bucket(bucket).objects.size > 0)
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
      store.buckets.delete(bucket);
      return { status: 204 };
    },
    GetBucketLocation({ bucket }) {
      const { region } = store.bucket(bucket);
      return xmlAnswer(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region));
    },
    PutBucketVersioning({ request, bucket }) {
      const status = textOf(parseXml(request.body.toString('utf8')), 'Status');
      if (status !== 'Enabled' && status !== 'Suspended')
        throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
      store.bucket(bucket).versioning = status;
      return { status: 200 };
    },
    GetBucketVersioning: ({ bucket }) =>
      xmlAnswer(xmlDocument('VersioningConfiguration', element('Status', store.bucket(bucket).versioning))),
  };
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
}
