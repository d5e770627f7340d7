import { VERSION_IN_PACKAGE } from '../../../domain/channels/job-facts.ts';
import { type JsonObject, objectOf, omit } from '../../../domain/channels/template-shape.ts';
import { bucketsIn, DESCRIPTION, listIn, MADE, type Moved, movedIf, objectIn, ownTags, someOf, type Taken, timesOf } from './members.ts';

/** The channel in a file for `aws iot create-job`. Throws UsageError if a member has a value of a wrong kind. */
export function takeJob(request: JsonObject): Taken {
  const schedule = objectIn(request, 'schedulingConfig');
  const times = timesOf(schedule, { startTime: 'startAt', endTime: 'endAt' }, 'schedulingConfig');
  const tags = ownTags(request);
  const packages = packagesOf(request);
  const format = formatOf(request['document']);
  const document = [request['document'], request['documentSource']].filter((each) => typeof each === 'string').join('\n');
  return {
    request: {
      ...omit(request, ['jobId', 'document', 'documentSource', 'documentParameters', 'description', 'schedulingConfig', 'tags']),
      ...packages.kept,
      ...someOf('schedulingConfig', times.kept),
      ...tags.kept,
    },
    besides: times.besides,
    format,
    buckets: bucketsIn(document),
    moved: [
      ...movedIf(request, 'jobId', `left out: ${MADE}`),
      ...movedIf(
        request,
        'document',
        'left out: the service writes it, in the form of the member format. Members of your own go into jobDocument, beside createJob',
      ),
      ...movedIf(
        request,
        'documentSource',
        'left out: the service writes the document, in the form of the member format. Members of your own go into jobDocument',
      ),
      ...movedIf(request, 'documentParameters', 'left out: the service writes the document'),
      ...movedIf(request, 'description', DESCRIPTION),
      ...packages.moved,
      ...times.moved,
      ...tags.moved,
    ],
  };
}

/** A version of a package belongs to one release. `$default` stays, so that `ota check` refuses it. */
function packagesOf(request: JsonObject): { readonly kept: JsonObject; readonly moved: readonly Moved[] } {
  const moved: Moved[] = [];
  const given = listIn(request, 'destinationPackageVersions');
  const kept = given.map((arn, index) => {
    const [, beginning, version] = (typeof arn === 'string' && /^(arn:.*\/version\/)([^/{$]+)$/.exec(arn)) || [];
    if (beginning === undefined) return arn;
    const where = `version ${version} belongs to one release: now ${VERSION_IN_PACKAGE}, the version of each release`;
    moved.push({ member: `destinationPackageVersions[${index}]`, where });
    return `${beginning}${VERSION_IN_PACKAGE}`;
  });
  return { kept: someOf('destinationPackageVersions', kept), moved };
}

/** The form of the document: the AWS IoT Device Client has steps. */
function formatOf(document: unknown): string {
  try {
    return typeof document === 'string' && objectOf(JSON.parse(document))['steps'] !== undefined ? 'device-client' : 'plain';
  } catch {
    return 'plain';
  }
}
