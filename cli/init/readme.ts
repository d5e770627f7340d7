import type { Answers } from './answers.ts';
import { type Dependency, PACKAGE } from './dependency.ts';
import { FIRST_RELEASE } from './first-release.ts';
import { filled, templateFile } from './template-files.ts';

/** What the README says of a project: its buckets, whether its channel is from a file of the AWS CLI, and whether it has a first release. */
type Facts = { readonly buckets: readonly string[]; readonly isFromCli: boolean; readonly hasRelease: boolean };

/** The README.md of a project. A channel from a file of the AWS CLI names a role that AWS has already. */
export function readmeText(
  answers: Answers,
  { buckets, isFromCli, hasRelease }: Facts,
  { version = 'VERSION', tarball }: Dependency,
): string {
  const { product, region } = answers;
  const names = new Intl.ListFormat('en-GB').format(buckets.map((bucket) => `\`${bucket}\``));
  return filled(templateFile('README.md'), {
    ...{ product, region, version },
    buckets: `the bucket${buckets.length === 1 ? '' : 's'} ${names}`,
    example: hasRelease ? ', and a first release' : '',
    release: hasRelease ? FIRST_RELEASE : 'release.json',
    form: hasRelease
      ? `\`${FIRST_RELEASE}\` shows the form of a release: its member \`detail\`.`
      : '[The page of events](node_modules/ota-dispatch/lib/docs/reference/events.md#firmware-release-published) shows the form of a release.',
    role: isFromCli || answers.controlPlane === 'createOtaTask' ? '' : roleText(answers),
    upgradeFirst: tarball === undefined ? '' : 'Put the new package into `vendor/`. Remove the old one afterwards. ',
    upgrade: tarball === undefined ? `${PACKAGE}@VERSION` : `./vendor/${PACKAGE}-VERSION.tgz`,
  });
}

/** How to deploy the role that a new channel names. */
function roleText({ product, target, region, bucket, controlPlane, signingProfile }: Answers): string {
  const group = target.replace(/^arn:.*:thing(?:group)?\//, '');
  const things = /:thing\//.test(target) ? 'Things' : 'ThingGroups';
  const reached = `${things}=${group.startsWith(`${product}-`) && things === 'ThingGroups' ? `${product}-*` : group}`;
  // For a job of createJob, the role only reads firmware.
  const ofUpdates = controlPlane === 'createJob' ? [] : [`'${reached}'`, `SigningProfile=${signingProfile}`, 'SignedPrefix=signed/'];
  const parameters = ['Stage=prod', `ArtifactBucket=${bucket}`, ...ofUpdates].join(' ');
  return filled(templateFile('role.md'), { region, parameters });
}
