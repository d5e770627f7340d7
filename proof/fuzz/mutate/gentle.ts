import type { Random } from '../../random.ts';
import { artifacts, channelNames, plausible, versionIds, versions, words } from './dictionary.ts';
import { at, copyOf, get, type Holder, isMap, type Json, type Root, set, type TreeMutator } from './slots.ts';

const optional = [
  ...['schemaVersion', 'revision', 'hardware', 'description', 'tags', 'targets', 'startAt', 'endAt', 'notAfter', 'dryRun', 'correlationId'],
  ...['reasonCode', 'comment', 'force', 'releaseDigest', 'skip', 'approvedBy', 'holdId', 'reason', 'from', 'until'],
];
const ofFile = ['fileName', 'fileType', 'fileVersion', 'sizeBytes', 'attributes', 'codeSigning', 'jobDocument', 'sha256'];

/** Mutators that know what a release is. A valid one mostly stays valid. */
export const gentle: Readonly<Record<string, TreeMutator>> = {
  'another plausible value': at(
    ({ holder, name }) => isMap(holder) && Object.hasOwn(plausible, String(name)),
    (slot, { random }) => set(slot, plausibleValue(slot.name, slot.holder, random)),
  ),
  'another member': (root, { random }) => {
    const detail = detailOf(root);
    const name = random.pick(optional);
    if (detail) set({ holder: detail, name }, plausibleValue(name, detail, random));
    return detail !== undefined;
  },
  'another member of a file': (root, { random }) => {
    const files = detailOf(root)?.['artifacts'];
    const file = Array.isArray(files) && files.length > 0 ? random.pick(files) : undefined;
    const name = random.pick(ofFile);
    if (isMap(file)) set({ holder: file, name }, plausibleValue(name, file, random));
    return isMap(file);
  },
  'other channels': (root, { random }) => {
    const detail = detailOf(root);
    if (detail) detail['channels'] = channelsFor(random);
    return detail !== undefined;
  },
  'other artifacts': (root, { random }) => {
    const detail = detailOf(root);
    if (detail) detail['artifacts'] = plausibleValue('artifacts', detail, random);
    return detail !== undefined;
  },
  'another version': (root, { random }) => {
    const detail = detailOf(root);
    if (detail) detail['version'] = freshVersion(random);
    return detail !== undefined;
  },
  'members in another order': at(
    (slot) => isMap(get(slot)),
    (slot, { random }) => {
      const entries = Object.entries(get(slot) as object).sort(() => random.unit() - 0.5);
      const turned = {};
      for (const [name, value] of entries) set({ holder: turned, name }, value);
      set(slot, turned);
    },
  ),
};

function detailOf({ tree }: Root): Record<string, Json> | undefined {
  const detail = isMap(tree) ? tree['detail'] : undefined;
  return isMap(detail) ? detail : undefined;
}

/** A value that can be valid for a member with this name. */
function plausibleValue(name: string | number, holder: Holder, random: Random): Json {
  if (name === 'channels') return channelsFor(random);
  if (name === 'artifacts') return Array.from({ length: 1 + random.below(3) }, () => copyOf(random.pick(artifacts)));
  if (name === 'version') return random.pick(Object.hasOwn(holder, 'bucket') ? versionIds : [...versions, freshVersion(random)]);
  return copyOf(random.pick(plausible[String(name)] ?? words));
}

function freshVersion(random: Random): string {
  return `${2 + random.below(50)}.${random.below(100)}.${random.below(1000)}`;
}

function channelsFor(random: Random): Json[] {
  const { thermostat, 'thermostat on MI': onMi, 'thermostat on IoT Jobs': onJobs, camera } = channelNames;
  const names: readonly string[] = random.pick([thermostat, thermostat, onMi, onMi, onJobs, onJobs, camera]);
  const some: Json[] = random.is(0.9) ? [random.pick(names)] : names.filter(() => random.is(0.3));
  if (some.length === 0) some.push(random.pick(names));
  return random.is(0.05) ? [...some, random.pick(['nightly', 'beta', '', 'Beta', 7])] : some;
}
