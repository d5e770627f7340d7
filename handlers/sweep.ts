import { dependencies } from './dependencies.ts';
import { sweepOverdue } from './sweep-overdue.ts';

export const handler = sweepOverdue(dependencies(process.env));
