import { followUpsDependencies } from './cold-start/follow-ups.ts';
import { consumeFollowUps } from './consume-follow-ups.ts';

export const handler = consumeFollowUps(followUpsDependencies(process.env));
