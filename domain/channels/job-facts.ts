/*
 * What both the check of a channel and the translation of a release know of AWS IoT Jobs. It is apart from the check, so that no cold start
 * loads the check.
 */

/** The most substitution patterns in one job document (developer guide of AWS IoT, "Create and manage jobs"). */
export const JOB_PLACEHOLDERS_MAX = 10;

/** The shortest time before a job starts, and between its start and its end (developer guide, "scheduling configuration"). */
export const JOB_SCHEDULE_MINUTES_MIN = 30;

/** What stands for the version of the release in `destinationPackageVersions`. */
export const VERSION_IN_PACKAGE = '{version}';

/** The beginning of what AWS replaces in a job document. */
export const PLACEHOLDER = '${aws:';

/** How many placeholders a text has, such as the one for a presigned URL. AWS replaces them in a job document. */
export function placeholdersIn(text: string): number {
  return text.split(PLACEHOLDER).length - 1;
}
