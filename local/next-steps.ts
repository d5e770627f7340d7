import { ota } from '../scripts/installation.ts';
/** What a person can type while the service runs, in another terminal in the same folder. */
export type NextSteps = {
  readonly endpoint: string;
  /** The channels file as the person typed it. Undefined if it is channels.yml. */
  readonly channels: string | undefined;
  /** The file of the release to publish. */
  readonly release: string;
  /** Its product. */
  readonly product: string;
};

/** The commands, one a line. Those that judge with the channels of the service get the same file. */
export function nextSteps({ endpoint, channels, release, product }: NextSteps): string[] {
  const at = endpoint.endsWith(':4566') ? '' : ` --endpoint ${endpoint}`;
  const judgedWith = channels === undefined ? '' : ` --channels ${shellWord(channels)}`;
  return [
    `${ota} status${at}`,
    `${ota} rejected${at}`,
    `${ota} publish ${release} --upload app.bin${judgedWith}${at}`,
    `${ota} hold ${product} --reason "a try"${judgedWith}${at}`,
    `${ota} resume ${product}${judgedWith}${at}`,
    `${ota} fault throttle --service iot --times 3${at}`,
  ];
}

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w./~+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
