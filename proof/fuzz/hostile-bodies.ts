import { buckets, contents, jobDocuments, keys, keysInUrls, shapes, versionIds } from './hostile/artifacts.ts';
import type { HostileBody } from './hostile/bodies.ts';
import { encoding } from './hostile/encoding.ts';
import { envelopes, events, schemaVersions } from './hostile/envelopes.ts';
import { instants, schedules } from './hostile/instants.ts';
import { jobs } from './hostile/jobs.ts';
import { duplicates, numbers, prototypes, syntax } from './hostile/json.ts';
import { emptyMembers, harmless, strangeMembers, wrongMembers } from './hostile/members.ts';
import { descriptions, hardware, orders, tags } from './hostile/requests.ts';
import { algorithmSpellings, base64, signings } from './hostile/signing.ts';
import { depth, size } from './hostile/size-and-depth.ts';
import { approvals, holds, resumes } from './hostile/steering.ts';
import { targets } from './hostile/targets.ts';
import { texts } from './hostile/texts.ts';
import { history, versions } from './hostile/versions.ts';
import { withdrawals } from './hostile/withdrawals.ts';

export type { HostileBody } from './hostile/bodies.ts';
export { largeBodies } from './hostile/large.ts';

/** Bodies made by hand, by subject: wrong in every way that we thought of, or only looking wrong. */
export const hostileSubjects: Readonly<Record<string, readonly HostileBody[]>> = {
  size,
  depth,
  encoding,
  syntax,
  duplicates,
  prototypes,
  numbers,
  events,
  envelopes,
  schemaVersions,
  wrongMembers,
  strangeMembers,
  emptyMembers,
  harmless,
  versions,
  history,
  instants,
  schedules,
  keys,
  keysInUrls,
  versionIds,
  buckets,
  contents,
  shapes,
  jobDocuments,
  jobs,
  base64,
  algorithmSpellings,
  signings,
  targets,
  tags,
  descriptions,
  hardware,
  orders,
  texts,
  withdrawals,
  approvals,
  holds,
  resumes,
};

/** All bodies, each with its subject in its name. */
export const hostileBodies: readonly HostileBody[] = Object.entries(hostileSubjects).flatMap(([subject, bodies]) =>
  bodies.map(([what, ...rest]): HostileBody => [`${subject}: ${what}`, ...rest]),
);
