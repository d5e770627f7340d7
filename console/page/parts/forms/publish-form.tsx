import { useState } from 'preact/hooks';
import { notUtf8, problemOfFile, problemOfText, textOfFile } from '../../event-file.ts';
import { useSession } from '../../session.ts';
import { Field, TextField } from '../form.tsx';
import type { FormProps } from './form-props.ts';

/** Takes an event from a file or as text. The file is read in the browser, and its text can be changed before the preview. */
export function PublishForm({ input, onChange }: FormProps<'publish'>) {
  const { ota } = useSession();
  const [problem, setProblem] = useState<string>();
  const read = async (file: File): Promise<void> => {
    const found = problemOfFile(file);
    setProblem(found);
    if (found !== undefined) return;
    const text = textOfFile(await file.arrayBuffer());
    if (text === undefined) setProblem(notUtf8(file.name));
    else onChange({ text });
  };
  const { text = '' } = input;
  const shown = problem ?? problemOfText(text);
  return (
    <>
      <Field
        label="File"
        hint={`JSON of at most 256 KiB: a whole event, or only the detail of a release. The firmware must be in S3 already. To upload it, type ${ota} publish FILE --upload FIRMWARE. You can also drop a file here.`}
      >
        {(ids) => (
          <input
            type="file"
            accept=".json,application/json"
            autofocus={text === ''}
            {...ids}
            onClick={(event) => {
              // Otherwise a browser does not notice that the same file is chosen again, after it was corrected.
              event.currentTarget.value = '';
            }}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) void read(file);
            }}
          />
        )}
      </Field>
      <TextField
        label="Text"
        hint="The text of the file. You can paste or change it."
        value={text}
        onInput={(typed) => {
          setProblem(undefined);
          onChange({ text: typed });
        }}
        isRequired
        lines={12}
      />
      {shown !== undefined && <p role="alert">{shown}</p>}
    </>
  );
}
