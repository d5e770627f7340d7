export * from './documented-limits.ts';
export * from './path.ts';
export * from './request-models.ts';
export * from './shape.ts';
