import { formatPath } from 'aws-ota-models';
import { isReserved } from '../../../domain/channels/reserved.ts';
import { type JsonObject, objectOf, omit } from '../../../domain/channels/template-shape.ts';
import { DESCRIPTION, listIn, MADE, type Moved, movedIf, objectIn, ownTags, RESERVED, someOf, type Taken, unique } from './members.ts';

/** The channel in a file for `aws iot create-ota-update`. Throws UsageError if a member has a value of a wrong kind. */
export function takeOtaUpdate(request: JsonObject): Taken {
  const files = listIn(request, 'files').map((_, index, all) => objectIn(all, index, `files[${index}]`));
  const ofFiles = files.map(takeFile);
  const isUnsigned = files.some(({ codeSigning }) => Object.keys(objectOf(codeSigning)).length === 0);
  const streams = ofFiles.some(({ isStream }) => isStream);
  const jobs = ofFiles.some(({ isOnlySigned }) => isOnlySigned);
  const parameters = objectIn(request, 'additionalParameters');
  const tags = ownTags(request);
  const entries = entriesOf(ofFiles.map(({ entry }) => entry));
  const kept = {
    ...omit(request, ['otaUpdateId', 'description', 'files', 'additionalParameters', 'tags']),
    ...someOf('files', entries),
    ...someOf('additionalParameters', omit(parameters, Object.keys(parameters).filter(isReserved))),
    ...tags.kept,
  };
  return {
    request: kept,
    besides: {
      ...(isUnsigned && { unsigned: 'allow' }),
      ...((streams || jobs) && { unverified: [...(streams ? ['stream'] : []), ...(jobs ? ['signerJob'] : [])] }),
    },
    buckets: unique(ofFiles.flatMap(({ bucket }) => bucket)),
    moved: [
      ...movedIf(request, 'otaUpdateId', `left out: ${MADE}`),
      ...movedIf(request, 'description', DESCRIPTION),
      ...ofFiles.flatMap(({ moved }, index) => moved.map(({ member, where }) => ({ member: `files[${index}].${member}`, where }))),
      ...(isUnsigned ? [{ member: 'files', where: 'at least one has no codeSigning: so the channel has unsigned: allow' }] : []),
      ...(streams ? [{ member: 'files', where: 'a stream cannot be verified: so the channel has unverified: [stream]' }] : []),
      ...(jobs ? [{ member: 'files', where: 'a file has no location: so the channel has unverified: [signerJob]' }] : []),
      ...Object.keys(parameters)
        .filter(isReserved)
        .map((key) => ({ member: formatPath(['additionalParameters', key]), where: RESERVED })),
      ...tags.moved,
    ],
  };
}

type File = {
  readonly entry: JsonObject;
  readonly moved: readonly Moved[];
  readonly bucket: readonly string[];
  readonly isStream: boolean;
  readonly isOnlySigned: boolean;
};

/** An entry of `files`: what each release gives, and what stays in the channel. */
function takeFile(file: JsonObject, index: number): File {
  const signing = objectIn(file, 'codeSigning', `files[${index}].codeSigning`);
  const location = objectIn(file, 'fileLocation', `files[${index}].fileLocation`);
  const { bucket } = objectOf(location['s3Location']);
  const remaining = omit(signing, ['customCodeSigning', 'awsSignerJobId']);
  const artifact = `into the release, as artifacts[${index}]`;
  return {
    entry: { ...omit(file, ['fileVersion', 'fileLocation', 'codeSigning']), ...someOf('codeSigning', remaining) },
    moved: [
      ...movedIf(file, 'fileName', `${artifact}.fileName`),
      ...movedIf(file, 'fileVersion', `${artifact}.fileVersion`),
      ...movedIf(file, 'fileLocation', `${artifact}.fileLocation`),
      ...['customCodeSigning', 'awsSignerJobId']
        .filter((kind) => signing[kind] !== undefined)
        .map((kind) => ({ member: `codeSigning.${kind}`, where: `${artifact}.codeSigning.${kind}: it belongs to one binary` })),
    ],
    bucket: typeof bucket === 'string' ? [bucket] : [],
    isStream: location['stream'] !== undefined,
    isOnlySigned: file['fileLocation'] === undefined && signing['awsSignerJobId'] !== undefined,
  };
}

/** The entries of a channel. Files with the same settings need one entry, without a name. An entry that only has a name says nothing. */
function entriesOf(files: readonly JsonObject[]): readonly JsonObject[] {
  const settings = files.map((file) => omit(file, ['fileName']));
  const [first = {}] = settings;
  if (settings.every((each) => JSON.stringify(each) === JSON.stringify(first))) return Object.keys(first).length === 0 ? [] : [first];
  return files.filter((_, index) => Object.keys(settings[index] ?? {}).length > 0);
}
