export * from './documented-limits.ts';
export * from './path.ts';
export type { Problem } from './problem.ts';
export * from './quotas.ts';
export * from './regions.ts';
export * from './request-models.ts';
export * from './shape.ts';
