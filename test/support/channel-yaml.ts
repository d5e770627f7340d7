type ChannelYaml = {
  /** The name of its thing group. Without it, that of the channel. */
  readonly group?: string;
  readonly targetSelection?: 'CONTINUOUS' | 'SNAPSHOT';
  /** Further members of the channel, such as a gate, as lines of YAML. The first one is indented already. */
  readonly more?: string;
};

/** A channel with `createOTAUpdate`, as it stands in a channels.yml below `channels:`. */
export const channelYaml = (name: string, { group = name, targetSelection = 'SNAPSHOT', more = '' }: ChannelYaml = {}): string => `
      ${name}:
        createOTAUpdate:
          targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/${group}"]
          roleArn: arn:aws:iam::000000000000:role/ota-service-local
          targetSelection: ${targetSelection}
        unsigned: allow
        ${more}`;
