import { consumeFollowUps } from './consume-follow-ups.ts';
import { dependencies } from './dependencies.ts';

export const handler = consumeFollowUps(dependencies(process.env));
