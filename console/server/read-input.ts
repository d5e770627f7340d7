import { z } from 'zod';
import { skippableParts } from '../../domain/gate/gate.ts';
import { UsageError } from '../../scripts/command.ts';

/** A text for people. The domain's own rule has 2,000 code points, and one of them takes at most two characters here. */
const prose = z.string().max(4_000);
/** A product, a channel, a version or an id. None of them is longer. */
const name = z.string().max(64);
const source = z.string().max(256);
const revision = z.int().min(1);
/** More channels than any product has. */
const channels = z.array(name).min(1).max(200);

const onChannel = {
  product: name,
  version: name,
  revision: revision.exactOptional(),
  channel: name,
  source: source.exactOptional(),
  comment: prose.exactOptional(),
};

/** The inputs of the actions that steer releases: their members, kinds and lengths. What a value must be like is the domain's to judge. */
export const inputs = {
  approve: z.strictObject({
    ...onChannel,
    skip: z.array(z.enum(skippableParts)).max(skippableParts.length).exactOptional(),
    releaseDigest: z.string().length(64).exactOptional(),
  }),
  deny: z.strictObject(onChannel),
  hold: z.strictObject({
    product: name,
    channels: channels.exactOptional(),
    reason: prose,
    until: name.exactOptional(),
    holdId: name.exactOptional(),
    source: source.exactOptional(),
  }),
  resume: z.strictObject({
    product: name,
    holdIds: z.array(name).min(1).max(50),
    comment: prose.exactOptional(),
    source: source.exactOptional(),
  }),
  withdraw: z.strictObject({
    product: name,
    version: name,
    revision: revision.exactOptional(),
    channels: channels.exactOptional(),
    reasonCode: z.string().max(256).exactOptional(),
    comment: prose.exactOptional(),
    confirm: name.exactOptional(),
  }),
};

/** Makes the `read` of an action. It throws UsageError with the path and the first rule that is broken. It quotes no value. */
export function reader<Input>(schema: z.ZodType<Input>): (sent: unknown) => Input {
  return (sent) => {
    const read = schema.safeParse(sent);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    if (issue?.code === 'unrecognized_keys') throw new UsageError('the request has a member that the action does not have');
    throw new UsageError(`${issue?.path.join('.') || 'the request'}: ${issue?.message ?? 'is invalid'}`);
  };
}
