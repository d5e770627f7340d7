import { isRecord } from 'aws-ota-models';
import { sha256Hex } from '../json/canonical.ts';
import type { Channels } from './schema.ts';
import { type ChannelVariables, replaceVariables } from './variables.ts';

/** Where a stage runs. Its account is not known before it is deployed. */
type CheckedPlace = Pick<ChannelVariables, 'stage' | 'region'>;

/** What packaging has checked: the text of channels.json, for this stage in this region. */
export type CheckedText = CheckedPlace & { readonly sha256: string };

/** The mark of a channels.json that `validateChannels` found right. */
export function checkedTextOf(text: string, { stage, region }: CheckedPlace): CheckedText {
  return { sha256: sha256Hex(text), stage, region };
}

/**
 * The content of a channels.json that packaging has checked, with its variables replaced. So a cold start need not check it again. The
 * rules that depend on the account are about ARNs of other accounts, which a stage that runs takes as warnings. Throws unless `checked` is
 * the mark of this very text, stage and region.
 */
export function readCheckedChannels(text: string, checked: unknown, variables: ChannelVariables): Channels {
  const { sha256, stage, region } = checkedTextOf(text, variables);
  const mark: Partial<Record<keyof CheckedText, unknown>> = isRecord(checked) ? checked : {};
  if (mark.sha256 !== sha256) throw new Error('channels.json is not the file that packaging has checked: package the service again');
  if (mark.stage !== stage || mark.region !== region)
    throw new Error(
      `channels.json was checked for the stage ${mark.stage} in ${mark.region}, but this is ${stage} in ${region}: package it for this stage`,
    );
  return replaceVariables(JSON.parse(text), variables).value as Channels;
}
