/** The options of every command that needs a stage. */
export const stageOptions = {
  stage: { type: 'string', default: 'local' },
  endpoint: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The option of the commands that publish an event. */
export const busOption = { bus: { type: 'string' } } as const;

export const busHelp = '  --bus NAME     the event bus (default: firmware-STAGE)';

export const channelsHelp = `  --channels F   the channels.yml to use (default: the one that the stage is
                 deployed with)`;

export const stageHelp = `  --stage S      a deployed stage, with the AWS credentials of your environment,
                 and its region or else the one in serverless.yml (default:
                 local)
  --endpoint URL where the local service listens (default: AWS_ENDPOINT_URL, or
                 http://127.0.0.1:4566)
  --json         print JSON for a program`;
