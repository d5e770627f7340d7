import { sweepDependencies } from './cold-start/sweep.ts';
import { sweepOverdue } from './sweep-overdue.ts';

export const handler = sweepOverdue(sweepDependencies(process.env));
