import { type CreateOTAUpdateCommandOutput, IoTClient, type IoTClientConfig, type IoTClientResolvedConfig } from '@aws-sdk/client-iot';
import { createDefaultUserAgentProvider, partition } from '@aws-sdk/core/client';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { Client, makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { errorTypeRegistries, namespace } from './errors.ts';
import type {
  CreateOtaTaskRequest,
  CreateOtaTaskResponse,
  GetOtaTaskResponse,
  Identified,
  OtaTaskExecutionSummaries,
  OtaTaskSummary,
  Page,
} from './models.ts';
import { operations } from './schema.ts';

export * from './errors.ts';

/*
 * A client of AWS IoT managed integrations on the SDK's own runtime, with the operations that the service and its commands call. It has the
 * names of the official `@aws-sdk/client-iot-managed-integrations`, so one import swaps it for that. Credentials, region,
 * retries, HTTP and user agent come from IoTClient. Protocol, host and signing do not. If signing came from IoTClient too,
 * requests would be signed as `iot`, and nobody would notice.
 */
const SIGNING_NAME = 'iotmanagedintegrations';
const SERVICE_ID = 'IoT Managed Integrations';
const API_VERSION = '2025-03-03';

type Metadata = Pick<CreateOTAUpdateCommandOutput, '$metadata'>;
type HttpHandlerOptions = { abortSignal?: AbortSignal; requestTimeout?: number };
type EndpointProvider = NonNullable<IoTClientConfig['endpointProvider']>;
type EndpointParameters = Parameters<EndpointProvider>[0];
type EndpointV2 = ReturnType<EndpointProvider>;
export type IoTManagedIntegrationsClientConfig = IoTClientConfig;

/** Takes the settings of any client of the SDK. `send` throws `IoTManagedIntegrationsServiceException` for an error of the service. */
export class IoTManagedIntegrationsClient extends Client<HttpHandlerOptions, object, Metadata, IoTClientResolvedConfig> {
  constructor(configuration: IoTManagedIntegrationsClientConfig = {}) {
    const runtime = new IoTClient({
      serviceId: SERVICE_ID,
      defaultUserAgentProvider: createDefaultUserAgentProvider({ serviceId: SERVICE_ID, clientVersion: API_VERSION }),
      endpointProvider,
      httpAuthSchemeProvider: ({ region }) => [
        {
          schemeId: 'aws.auth#sigv4',
          signingProperties: { name: SIGNING_NAME, region },
          propertiesExtractor: (config, context) => ({ signingProperties: { config, context } }),
        },
      ],
      ...configuration,
      protocol: AwsRestJsonProtocol,
      protocolSettings: { defaultNamespace: namespace, errorTypeRegistries, version: API_VERSION },
    });
    super(runtime.config);
    this.middlewareStack = runtime.middlewareStack as unknown as typeof this.middlewareStack;
  }
}

/**
 * The service has dual-stack hosts only: `api.iotmanagedintegrations.{region}.api.aws`. The signing name must be set here
 * too, because the default of IoTClient has precedence over the name in the scheme.
 */
function endpointProvider({ Region: region, UseFIPS: fips, Endpoint: endpoint }: EndpointParameters): EndpointV2 {
  if (endpoint !== undefined && fips === true) throw new Error('Invalid Configuration: FIPS and custom endpoint are not supported');
  if (region === undefined) throw new Error('Invalid Configuration: Missing Region');
  const host = `api.iotmanagedintegrations${fips === true ? '-fips' : ''}.${region}.${partition(region).dualStackDnsSuffix}`;
  const scheme = { name: 'sigv4' as const, signingName: SIGNING_NAME, signingRegion: region, properties: {} };
  return { url: new URL(endpoint ?? `https://${host}`), properties: { authSchemes: [scheme] } };
}

const command = makeBuilder<IoTClientResolvedConfig, object, Metadata>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
    UseDualStack: { type: 'builtInParams', name: 'useDualstackEndpoint' },
  },
  'IotManagedIntegrations',
  'IoTManagedIntegrationsClient',
  getEndpointPlugin,
);

const build = <I extends object, O extends object>(name: keyof typeof operations) =>
  command<I, O & Metadata>({}, () => [], name, operations[name]);

export class CreateOtaTaskCommand extends build<CreateOtaTaskRequest, CreateOtaTaskResponse>('CreateOtaTask') {}
export class GetOtaTaskCommand extends build<Identified, GetOtaTaskResponse>('GetOtaTask') {}
export class DeleteOtaTaskCommand extends build<Identified, object>('DeleteOtaTask') {}
export class ListOtaTasksCommand extends build<Page, { Tasks?: OtaTaskSummary[]; NextToken?: string }>('ListOtaTasks') {}
/** Only `ota devices` sends it. */
export class ListOtaTaskExecutionsCommand extends build<
  Identified & Page,
  { ExecutionSummaries?: OtaTaskExecutionSummaries[]; NextToken?: string }
>('ListOtaTaskExecutions') {}
/** Only `ota doctor` sends it. */
export class GetOtaTaskConfigurationCommand extends build<Identified, { TaskConfigurationId?: string; Name?: string }>(
  'GetOtaTaskConfiguration',
) {}
export class ListTagsForResourceCommand extends build<{ ResourceArn: string }, { tags?: Record<string, string> }>('ListTagsForResource') {}
