import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

const SHOWN_MILLISECONDS = 2_000;

/** Copies a text. `label` says what it copies: `Copy the job id`. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [result, setResult] = useState<'copied' | 'not copied'>();
  useEffect(() => {
    if (result === undefined) return;
    const timer = setTimeout(() => setResult(undefined), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setResult('copied'),
      () => setResult('not copied'),
    );
  };
  return (
    <>
      <button type="button" class="quiet" aria-label={label} title={label} onClick={copy}>
        <Icon name={result === 'copied' ? 'check' : 'copy'} />
      </button>
      <span class="visually-hidden" aria-live="polite">
        {result}
      </span>
    </>
  );
}
