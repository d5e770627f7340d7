import type { Problem } from 'aws-ota-models';

const placeholders = new Set(['{bucket}', '{key}', '{version}', '{region}']);

/** Whether all artifacts would have the same URL, as a problem of the channel. For a value that no schema has checked. */
export function sameUrlProblems(pattern: unknown): Problem[] {
  if (typeof pattern !== 'string' || /\{(?:key|version)\}/.test(pattern)) return [];
  return [{ path: ['artifactUrl'], message: 'must contain {key} or {version}, or all artifacts would have the same URL' }];
}

/** The problems of an `artifactUrl`: unknown placeholders, or a text that is not a URL. Paths are relative to the channel. */
export function artifactUrlProblems(pattern: string): Problem[] {
  const unknown = [...pattern.matchAll(/\{[^}]*\}?|\}/g)].some(([placeholder]) => !placeholders.has(placeholder));
  if (unknown) return [{ path: ['artifactUrl'], message: 'the only placeholders are {bucket}, {key}, {version} and {region}' }];
  return /^[a-z][a-z0-9+.-]*:\/\/[!-~]+$/.test(pattern)
    ? []
    : [{ path: ['artifactUrl'], message: 'must be a URL such as https://cdn.example.com/{key}' }];
}
