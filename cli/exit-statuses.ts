import { exit } from '../scripts/command.ts';

/** What each exit status of a command means, for the help and for docs/reference/commands.md. */
export const exitStatuses: readonly { readonly status: number; readonly meaning: string }[] = [
  { status: exit.ok, meaning: 'done' },
  { status: exit.failed, meaning: 'rejected or failed: the release, a rollout, a check, or AWS' },
  {
    status: exit.usage,
    meaning:
      'it could not do what was typed: wrong usage, a file that cannot be read, an endpoint that nothing listens at, no credentials or credentials that AWS does not accept, no such host',
  },
  { status: exit.interrupted, meaning: 'ended by Ctrl-C. A published event goes on' },
  { status: exit.terminated, meaning: 'ended by the signal SIGTERM. A published event goes on' },
];
