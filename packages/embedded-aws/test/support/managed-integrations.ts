import { fetchAs } from './signed-fetch.ts';

/** An error that managed integrations answered, as an SDK would throw it: its name, its status and its further members. */
class ManagedIntegrationsError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(status: number, exception: string, members: Readonly<Record<string, unknown>>) {
    super(String(members['Message']));
    Object.assign(this, members);
    this.name = exception;
    this.$metadata = { httpStatusCode: status };
  }
}

type Task = {
  readonly TaskId: string;
  readonly TaskArn: string;
  readonly Description?: string;
  readonly TaskConfigurationId?: string;
  readonly Status: string;
};
type Execution = {
  readonly ManagedThingId: string;
  readonly TaskExecutionSummary: { readonly Status: string; readonly ExecutionNumber: number; readonly RetryAttempt: number };
};
type Configuration = {
  readonly TaskConfigurationId: string;
  readonly Name?: string;
  readonly PushConfig?: object;
  /** Epoch seconds. */
  readonly CreatedAt: number;
};
type Page = { readonly NextToken?: string | undefined; readonly MaxResults?: number };

/**
 * The operations of managed integrations over plain HTTP, under the names and members of its API model. There is no
 * client in the AWS SDK that these tests could install.
 */
export function createManagedIntegrationsClient(endpoint: string) {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetchAs('iotmanagedintegrations', endpoint, method, path, body);
    if (answer.status >= 400) throw new ManagedIntegrationsError(answer.status, answer.exception ?? '', answer.body);
    return answer.body;
  }
  const withQuery = (path: string, { NextToken, MaxResults }: Page): string => {
    const query = new URLSearchParams();
    if (NextToken !== undefined) query.set('NextToken', NextToken);
    if (MaxResults !== undefined) query.set('MaxResults', String(MaxResults));
    return query.size === 0 ? path : `${path}?${query}`;
  };
  const tagPath = (arn: string) => `/tags/${encodeURIComponent(arn)}`;
  return {
    createOtaTask: (input: object) => call<Pick<Task, 'TaskId' | 'TaskArn' | 'Description'>>('POST', '/ota-tasks', input),
    getOtaTask: (id: string) => call<Task>('GET', `/ota-tasks/${id}`),
    updateOtaTask: (id: string, changes: object) => call<undefined>('PUT', `/ota-tasks/${id}`, changes),
    deleteOtaTask: (id: string) => call<unknown>('DELETE', `/ota-tasks/${id}`),
    listOtaTasks: (page: Page = {}) => call<{ Tasks: Task[]; NextToken?: string }>('GET', withQuery('/ota-tasks', page)),
    listOtaTaskExecutions: (id: string) => call<{ ExecutionSummaries: Execution[] }>('GET', `/ota-tasks/${id}/devices`),
    createConfiguration: (input: object) => call<{ TaskConfigurationId: string }>('POST', '/ota-task-configurations', input),
    getConfiguration: (id: string) => call<Configuration>('GET', `/ota-task-configurations/${id}`),
    listConfigurations: () => call<{ Items: Configuration[] }>('GET', '/ota-task-configurations'),
    deleteConfiguration: (id: string) => call<undefined>('DELETE', `/ota-task-configurations/${id}`),
    tagResource: (arn: string, Tags: Readonly<Record<string, string>>) => call<undefined>('POST', tagPath(arn), { Tags }),
    listTags: (arn: string) => call<{ tags: Record<string, string> }>('GET', tagPath(arn)),
  };
}
