import type { Metafile } from 'esbuild';

/**
 * Builds one part of a package below `out`, the folder lib/, which exists and may have other parts. Answers the metafiles of esbuild for
 * what it bundled, with inputs relative to the root of the repository: the notices name each package in them. Throws if it cannot.
 */
export type Part = (out: string) => Promise<readonly Metafile[]>;
