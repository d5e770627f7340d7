import { join } from 'node:path';
import { projectFolder } from '../../scripts/installation.ts';

/**
 * The folder with the examples of a local stage: those of the user's project. In a clone they are those of the repository. A package
 * has no examples, because they would not fit the user's channels.
 */
export const examplesFolder = (): string => join(projectFolder(), 'examples');

/** The folder with the artifacts of the examples, each at BUCKET/KEY. */
export const artifactsFolder = (): string => join(examplesFolder(), 'artifacts');
