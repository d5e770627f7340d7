import type { FileTemplate } from '../channels/schema.ts';

/** The members of a file that the channel gives as a whole, or else the release. */
export const fileMembers = ['fileType', 'fileVersion', 'codeSigning'] as const;
export type FileMember = (typeof fileMembers)[number];

/** The `files` entries of a channel for an artifact: first those without `fileName`, then those with its name. Later ones win. */
export function entriesFor(files: readonly FileTemplate[] | undefined, fileName: string | undefined): readonly FileTemplate[] {
  const unnamed = (files ?? []).filter((entry) => entry.fileName === undefined);
  const named = (files ?? []).filter((entry) => entry.fileName !== undefined && entry.fileName === fileName);
  return [...unnamed, ...named];
}

/** The entry that gives `member` to an artifact with these entries. Undefined if the channel leaves it to the release. */
export function giverOf(entries: readonly FileTemplate[], member: FileMember): FileTemplate | undefined {
  return entries.findLast((entry) => entry[member] !== undefined);
}
