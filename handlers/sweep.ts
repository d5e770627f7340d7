import { sweepDependencies } from './dependencies/sweep.ts';
import { sweepOverdue } from './sweep-overdue.ts';

export const handler = sweepOverdue(sweepDependencies(process.env));
