export * from './documented-limits.ts';
export * from './path.ts';
export type { Problem } from './problem.ts';
export * from './quotas.ts';
export * from './service-limits.ts';
export * from './shape.ts';
