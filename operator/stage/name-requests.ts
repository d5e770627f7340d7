/** The part of every SDK client that sees each of its requests. Each client has other types of requests. */
type Client = { readonly middlewareStack: { add(middleware: never, options: never): void } };

type Handler = (args: unknown) => Promise<unknown>;

/** Lets each error of a client have `request`, such as `DynamoDB Query`, because the errors of the SDK do not name the service. */
export function nameRequests<T extends Client>(client: T, service: string): T {
  const middleware =
    (next: Handler, { commandName = '' }: { readonly commandName?: string }): Handler =>
    (args) =>
      next(args).catch((error: unknown) => {
        throw error instanceof Error ? Object.assign(error, { request: `${service} ${commandName.replace(/Command$/, '')}` }) : error;
      });
  client.middlewareStack.add(middleware as never, { step: 'initialize', name: 'nameRequests' } as never);
  return client;
}
