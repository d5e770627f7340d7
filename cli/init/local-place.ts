import { type ChannelVariables, unknownAccount } from '../../domain/channels/variables.ts';

/** Where the local service runs. */
export const localPlace: ChannelVariables = { accountId: unknownAccount, region: 'us-east-1', stage: 'local' };
