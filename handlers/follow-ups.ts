import { consumeFollowUps } from './consume-follow-ups.ts';
import { followUpsDependencies } from './dependencies/follow-ups.ts';

export const handler = consumeFollowUps(followUpsDependencies(process.env));
