// osls 4 takes values from .js files only, so it takes those of computed.ts through this file.
export * from './computed.ts';
