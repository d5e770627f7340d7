import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stack that the server knows: its state, its template, and the physical ids of its resources. */
export type KnownStack = {
  readonly status: string;
  readonly template?: object;
  readonly owns?: readonly string[];
  /** The status of its resources. */
  readonly resourceStatus?: string;
};

/** A key that the server knows. */
export type KnownKey = {
  readonly state?: string;
  readonly manager?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly hidden?: true;
};

/**
 * CloudFormation and KMS on a free port, as far as `ota import-files` reads them. A test fills `stacks` and `keys`. Errors have
 * the form that the SDK reads: a stack that does not exist is a `ValidationError`.
 */
export async function startStacksAndKeys() {
  const stacks = new Map<string, KnownStack>();
  const keys = new Map<string, KnownKey>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1);
      const answer = operation ? answerKeys(keys, operation, JSON.parse(body || '{}')) : answerStacks(stacks, new URLSearchParams(body));
      response.writeHead(answer.status, { 'content-type': operation ? 'application/x-amz-json-1.1' : 'text/xml' });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stacks,
    keys,
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answer = { readonly status: number; readonly body: string };

function answerStacks(stacks: ReadonlyMap<string, KnownStack>, asked: URLSearchParams): Answer {
  const action = asked.get('Action');
  const physicalId = asked.get('PhysicalResourceId');
  const [name, stack] =
    physicalId === null
      ? [asked.get('StackName'), stacks.get(String(asked.get('StackName')))]
      : ([...stacks].find(([, { owns = [] }]) => owns.includes(physicalId)) ?? [physicalId, undefined]);
  if (stack === undefined) {
    const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack for ${name} does not exist</Message></Error>`;
    return { status: 400, body: `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>` };
  }
  const results: Readonly<Record<string, string>> = {
    DescribeStackResources: `<StackResources>${(stack.owns ?? [])
      .map(
        (id) =>
          `<PhysicalResourceId>${id}</PhysicalResourceId><ResourceStatus>${stack.resourceStatus ?? 'CREATE_COMPLETE'}</ResourceStatus>`,
      )
      .map((members) => `<member><StackName>${name}</StackName>${members}</member>`)
      .join('')}</StackResources>`,
    DescribeStacks: `<Stacks><member><StackName>${name}</StackName><StackStatus>${stack.status}</StackStatus></member></Stacks>`,
    GetTemplate: `<TemplateBody>${JSON.stringify(stack.template ?? {})
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')}</TemplateBody>`,
  };
  return { status: 200, body: `<${action}Response><${action}Result>${results[String(action)]}</${action}Result></${action}Response>` };
}

function answerKeys(keys: ReadonlyMap<string, KnownKey>, operation: string, { KeyId = '' }: { KeyId?: string }): Answer {
  const id = KeyId.split('/').at(-1) ?? '';
  const key = keys.get(id);
  if (operation === 'ListKeys') return { status: 200, body: JSON.stringify({ Keys: [...keys.keys()].map((KeyId) => ({ KeyId })) }) };
  if (key === undefined || key.hidden)
    return { status: 400, body: JSON.stringify({ __type: key ? 'AccessDeniedException' : 'NotFoundException' }) };
  if (operation === 'DescribeKey')
    return {
      status: 200,
      body: JSON.stringify({ KeyMetadata: { KeyId: id, KeyManager: key.manager ?? 'CUSTOMER', KeyState: key.state ?? 'Enabled' } }),
    };
  const Tags = Object.entries(key.tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  return { status: 200, body: JSON.stringify({ Tags }) };
}
