import { type IconName, iconPaths } from './icon-paths.ts';

/** A small drawing beside a word that says the same. Screen readers leave it out. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={iconPaths[name]} />
    </svg>
  );
}
