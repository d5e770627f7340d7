import { type CreateOTAUpdateCommandOutput, IoTClient, type IoTClientConfig, type IoTClientResolvedConfig } from '@aws-sdk/client-iot';
import { createDefaultUserAgentProvider, partition } from '@aws-sdk/core/client';
import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { Client, makeBuilder } from '@smithy/core/client';
import { getEndpointPlugin } from '@smithy/core/endpoints';
import { errorTypeRegistries, namespace } from './errors.ts';
import type {
  CreateOtaTaskConfigurationRequest,
  CreateOtaTaskRequest,
  CreateOtaTaskResponse,
  GetOtaTaskConfigurationResponse,
  GetOtaTaskResponse,
  Identified,
  OtaTaskExecution,
  OtaTaskSummary,
  Page,
} from './models.ts';
import { operations } from './schema.ts';

export * from './errors.ts';

/**
 * The client of AWS IoT managed integrations, on the SDK's own runtime and under the names of the official
 * `@aws-sdk/client-iot-managed-integrations`, so that it can be swapped for that in one import. What a client has
 * beside its model (credentials, region, retries, HTTP, user agent) is taken from IoTClient; protocol, host and
 * signing are this service's own: without the latter, requests would silently be signed as `iot`.
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
 * The service has dual-stack hosts only: `api.iotmanagedintegrations.{region}.api.aws`. The signing name must be said
 * here too: IoTClient's own default would win over the one of the scheme.
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
export class UpdateOtaTaskCommand extends build<Identified & { Description?: string; TaskConfigurationId?: string }, object>(
  'UpdateOtaTask',
) {}
export class DeleteOtaTaskCommand extends build<Identified, object>('DeleteOtaTask') {}
export class ListOtaTasksCommand extends build<Page, { Tasks?: OtaTaskSummary[]; NextToken?: string }>('ListOtaTasks') {}
export class ListOtaTaskExecutionsCommand extends build<Identified & Page, { ExecutionSummaries?: OtaTaskExecution[]; NextToken?: string }>(
  'ListOtaTaskExecutions',
) {}
export class CreateOtaTaskConfigurationCommand extends build<CreateOtaTaskConfigurationRequest, { TaskConfigurationId?: string }>(
  'CreateOtaTaskConfiguration',
) {}
export class GetOtaTaskConfigurationCommand extends build<Identified, GetOtaTaskConfigurationResponse>('GetOtaTaskConfiguration') {}
export class ListOtaTaskConfigurationsCommand extends build<
  Page,
  { Items?: { TaskConfigurationId?: string; Name?: string; CreatedAt?: Date }[]; NextToken?: string }
>('ListOtaTaskConfigurations') {}
export class DeleteOtaTaskConfigurationCommand extends build<Identified, object>('DeleteOtaTaskConfiguration') {}
export class TagResourceCommand extends build<{ ResourceArn: string; Tags: Record<string, string> }, object>('TagResource') {}
export class ListTagsForResourceCommand extends build<{ ResourceArn: string }, { tags?: Record<string, string> }>('ListTagsForResource') {}
