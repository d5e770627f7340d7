/** The members of a channel that hold the template of an AWS request. */
export const templateNames = ['createOTAUpdate', 'createOtaTask', 'createJob'] as const;

/** A member that holds the template of an AWS request. A channel has exactly one of them. */
export type TemplateName = (typeof templateNames)[number];

/** A channel, as far as its templates go. */
type WithTemplate = { readonly [Name in TemplateName]?: unknown };

/** Which of the templates a channel has, if no schema has checked it. Undefined if it has none. */
export function findTemplateName(channel: WithTemplate): TemplateName | undefined {
  return templateNames.find((one) => channel[one] !== undefined);
}

/** Which of the templates a channel has. Throws if it has none, which the check of channels.yml refuses. */
export function templateNameOf(channel: WithTemplate): TemplateName {
  const name = findTemplateName(channel);
  if (name === undefined) throw new Error('the channel has no template');
  return name;
}

/** The names as a list with `or`. */
export function namesOf(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** What is wrong with a channel that has none of the templates. */
export const noTemplate = `a channel must have ${namesOf(templateNames)}`;
