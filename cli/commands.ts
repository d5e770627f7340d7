/** A command as the help shows it. `example` is what a person types after `ota`. */
export type Description = { readonly name: string; readonly summary: string; readonly example: string };

/** Every command, by what a person wants to do. `cli/NAME.ts` carries each one out. */
export const groups: readonly { readonly title: string; readonly commands: readonly Description[] }[] = [
  {
    title: 'Look:',
    commands: [
      {
        name: 'plan',
        summary: 'show the AWS requests of a release without sending them',
        example: 'plan release.json --stage prod --account 123456789012',
      },
      { name: 'check', summary: 'validate channels.yml', example: 'check --stage prod --account 123456789012' },
      {
        name: 'status',
        summary: 'show rollouts: state, devices, ids of AWS, and why',
        example: 'status thermostat 2.4.1 --stage prod',
      },
      {
        name: 'devices',
        summary: 'show which devices are in which state, and why they failed',
        example: 'devices thermostat 2.4.1 beta --state FAILED',
      },
      { name: 'rejected', summary: 'show what was rejected, why, and who sent it', example: 'rejected --stage prod' },
      { name: 'doctor', summary: 'check whether an AWS account is ready for a stage', example: 'doctor --stage prod' },
      { name: 'console', summary: 'show and steer every rollout in a browser', example: 'console --stage prod' },
    ],
  },
  {
    title: 'Act:',
    commands: [
      {
        name: 'publish',
        summary: 'put a release on the bus and follow it to its end',
        example: 'publish release.json --upload app.bin --stage prod',
      },
      {
        name: 'promote',
        summary: 'publish an accepted release to a further channel',
        example: 'promote thermostat 2.4.1 --to stable --stage prod',
      },
      {
        name: 'approve',
        summary: 'approve a release for a channel whose gate asks for it',
        example: 'approve thermostat 2.4.1 stable --comment "Board 2026-48"',
      },
      {
        name: 'deny',
        summary: 'say no to a release on a channel',
        example: 'deny thermostat 2.4.1 stable --comment "Motor stalls"',
      },
      {
        name: 'hold',
        summary: 'create nothing new on a product or channel until it is resumed',
        example: 'hold thermostat stable --reason "Loses its network"',
      },
      { name: 'resume', summary: 'end holds of a product or channel', example: 'resume thermostat stable --stage prod' },
      {
        name: 'withdraw',
        summary: 'stop every live rollout of a release, and block the release',
        example: 'withdraw thermostat 2.4.1 --reason BOOT_LOOP --stage prod',
      },
      {
        name: 'redrive',
        summary: 'send messages of the rejected queue or a dead-letter queue again',
        example: 'redrive --queue follow-ups --stage prod',
      },
    ],
  },
  {
    title: 'Try and set up:',
    commands: [
      {
        name: 'init',
        summary: 'make a project of your own with one channel',
        example: 'init my-fleet --product thermostat --bucket acme-firmware',
      },
      { name: 'start', summary: 'run the whole service on this machine', example: 'start --exit' },
      { name: 'fault', summary: 'make requests to the local AWS fail', example: 'fault throttle --service sqs --times 3' },
      {
        name: 'diff',
        summary: 'show what an upgrade changes in the template, permissions first',
        example: 'diff before.json',
      },
      {
        name: 'import-files',
        summary: 'write the files that import what survived of a stage',
        example: 'import-files --stage prod',
      },
      { name: 'completion', summary: 'print the completion script of a shell', example: 'completion bash' },
    ],
  },
];

/** The names of all commands. */
export const commandNames: readonly string[] = groups.flatMap(({ commands }) => commands.map(({ name }) => name));

/** A command by its name. Undefined if there is none. */
export function commandOf(name: string): Description | undefined {
  return groups.flatMap(({ commands }) => commands).find((command) => command.name === name);
}

/** The commands that ota-dispatch-cli lacks. They need the embedded AWS, the serverless CLI, or the files of a new project. */
export const onlyInOtaDispatch: readonly string[] = ['start', 'init', 'diff'];
