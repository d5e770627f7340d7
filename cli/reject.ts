import { compact } from '../domain/json/compact.ts';
import { rejectionLines } from '../operator/events/judge-event.ts';
import type { Judged } from '../operator/events/judged-event.ts';
import { exit } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import type { PublishResult } from './ending.ts';
import type { FollowOptions } from './follow-options.ts';
import { printJson } from './json-output.ts';

/**
 * Prints why an event is not published, and answers the exit status. For a program, `rejected` is the rejection that the service
 * would have given, as in the output about a published event. `also` goes into that output.
 */
export function reject(judged: Extract<Judged, { ok: false }>, { json }: Pick<FollowOptions, 'json'>, also: object = {}): number {
  const { rejections, configuration, given } = judged;
  const correlationId = given?.kind === 'release' ? given.release.correlationId : undefined;
  const [first] = rejections;
  const rejected = first && { code: first.code, path: first.path, message: first.message, reason: first.message };
  if (json)
    printJson(
      compact({ result: 'rejected' satisfies PublishResult, correlationId, ...also, rollouts: [], duplicate: false, rejected, rejections }),
    );
  else {
    for (const line of [...rejectionLines(rejections), ...listedLines(judged)]) print(line);
    const judgedWith = configuration === undefined ? '' : `; judged with ${configuration.name}, use --channels for another file`;
    print(`nothing was published${judgedWith}`);
  }
  return exit.failed;
}

/** The sources and buckets that channels.yml lists, if a rejection is about one that it does not list. */
function listedLines({ rejections, configuration, given }: Extract<Judged, { ok: false }>): string[] {
  if (configuration === undefined || given === undefined) return [];
  const { artifactBuckets, products } = configuration.channels;
  const { product } = given.kind === 'release' ? given.release : given.withdrawal;
  const sources = Object.hasOwn(products, product) ? products[product]?.sources : undefined;
  const codes = new Set(rejections.map(({ code }) => code));
  return [
    ...(codes.has('SOURCE_NOT_ALLOWED') && sources ? [`${product} lists the sources ${sources.join(', ')}`] : []),
    ...(codes.has('BUCKET_NOT_ALLOWED') ? [`artifactBuckets lists ${artifactBuckets.join(', ')}`] : []),
  ];
}
