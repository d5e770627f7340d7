import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runServerless } from '../../scripts/compiled-template.ts';
import { ACCOUNT } from '../support/resolved-template.ts';

const NAME = 'ota-dispatch-dev-releases';
const FUNCTION = `/2015-03-31/functions/${NAME}`;
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::${ACCOUNT}:user/deployer</Arn><UserId>A</UserId><Account>${ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

describe('serverless deploy function, against a Lambda that has the function', () => {
  const seen: { call: string; body: string }[] = [];
  let server: Server;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const call = `${request.method} ${new URL(request.url ?? '', 'http://lambda').pathname}`;
      seen.push({ call, body: Buffer.concat(parts).toString('utf8') });
      if (call === 'POST /') response.setHeader('content-type', 'text/xml').end(IDENTITY);
      else
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ Configuration: { FunctionName: NAME, State: 'Active', LastUpdateStatus: 'Successful' } }));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    await runServerless(['deploy', 'function', '-f', 'releases', '--stage', 'dev'], {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'deployer',
      AWS_SECRET_ACCESS_KEY: 'deployer',
    });
  }, 180_000);
  afterAll(() => server.close());

  const bodyOf = (call: string) => JSON.parse(seen.find((one) => one.call === call)?.body ?? '{}') as Record<string, unknown>;

  it('uploads the code', () => {
    expect(String(bodyOf(`PUT ${FUNCTION}/code`)['ZipFile']).length).toBeGreaterThan(100);
  });

  it('keeps the role, which it finds by its name', () => {
    expect(bodyOf(`PUT ${FUNCTION}/configuration`)['Role']).toMatch(`arn:aws:iam::${ACCOUNT}:role/ota-dispatch-dev-`);
    expect(bodyOf(`PUT ${FUNCTION}/configuration`)['Role']).toMatch(/-releases$/);
  });

  it('leaves the environment alone, because CloudFormation knows the names in it', () => {
    expect(bodyOf(`PUT ${FUNCTION}/configuration`)).not.toHaveProperty('Environment');
  });
});
