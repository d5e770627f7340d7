import { useId, useState } from 'preact/hooks';
import type { Faults } from '../../../api.ts';
import { send } from '../../client.ts';
import { type FaultFields, faultKinds, faultOf, faultServices, noFault } from '../../faults.ts';
import { usePolled } from '../../polled.ts';
import { useSession } from '../../session.ts';
import { useRequest } from '../../use-request.ts';
import { Field, textOf } from '../form.tsx';
import { Problem } from '../problem.tsx';
import { Refused } from '../refused.tsx';
import { Region } from '../region.tsx';

const path = '/api/local/faults';

/** The region of the faults: those that are armed, and a form for another one. */
export function FaultsRegion() {
  const { isReadOnly, refreshMilliseconds } = useSession();
  const { value, error, refresh } = usePolled<Faults>(path, refreshMilliseconds);
  const change = useRequest<unknown>();
  const isEmpty = value?.faults.length === 0;
  return (
    <Region title="Faults">
      <p class="muted small">A fault makes requests to the embedded AWS fail. The service should get over each of them.</p>
      {error && <Problem error={error} />}
      <div aria-live="polite">
        {isEmpty && <p>There are no faults.</p>}
        <ul class="faults">
          {value?.faults.map(({ id, words, struck, isArmed }) => (
            <li key={id}>
              <span class={`badge ${isArmed ? 'tone-wait' : 'tone-idle'}`}>{isArmed ? 'armed' : 'over'}</span> {words}, struck {struck}{' '}
              {struck === 1 ? 'time' : 'times'}
            </li>
          ))}
        </ul>
      </div>
      {!isReadOnly && (
        <>
          <div class="controls">
            <button
              type="button"
              aria-disabled={isEmpty || change.isBusy}
              onClick={() => void change.ask(() => send('DELETE', path)).then(refresh)}
            >
              Clear
            </button>
          </div>
          <FaultForm isBusy={change.isBusy} onArm={(fields) => void change.ask(() => send('POST', path, faultOf(fields))).then(refresh)} />
        </>
      )}
      {change.error && <Refused error={change.error} />}
    </Region>
  );
}

function FaultForm({ isBusy, onArm }: { isBusy: boolean; onArm: (fields: FaultFields) => void }) {
  const [fields, setFields] = useState(noFault);
  const services = useId();
  const about = faultKinds.find(([kind]) => kind === fields.kind)?.[1];

  const set = (name: keyof FaultFields, value: string): void => setFields((before) => ({ ...before, [name]: value }));
  const text = (name: keyof FaultFields, label: string, hint?: string, list?: string) => (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          type="text"
          autocomplete="off"
          {...ids}
          {...(list !== undefined && { list })}
          required={name === 'service'}
          value={fields[name]}
          onInput={(event) => set(name, textOf(event))}
        />
      )}
    </Field>
  );
  const number = (name: keyof FaultFields, label: string, hint?: string, { max, step }: { max?: number; step?: string } = {}) => (
    <Field label={label} hint={hint}>
      {(ids) => (
        <input
          type="number"
          min={0}
          step={step ?? '1'}
          {...(max !== undefined && { max })}
          {...ids}
          value={fields[name]}
          onInput={(event) => set(name, textOf(event))}
        />
      )}
    </Field>
  );

  return (
    <form
      aria-label="A fault"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onArm(fields);
      }}
    >
      <div class="fields">
        <Field label="Kind" hint={about}>
          {(ids) => (
            <select {...ids} value={fields.kind} onChange={(event) => set('kind', textOf(event))}>
              {faultKinds.map(([kind]) => (
                <option key={kind} value={kind}>
                  {kind}
                </option>
              ))}
            </select>
          )}
        </Field>
        {text('service', 'Service', 'The name that requests are signed for.', services)}
        {text('operation', 'Operation', 'Such as CreateJob. Empty: every operation.')}
        {number('times', 'Times', 'At most as many. Empty: until it is cleared.')}
        {fields.kind === 'createFailed' && text('code', 'Error code', 'What AWS reports.')}
        {fields.kind === 'createFailed' && text('message', 'Error message')}
        {(fields.kind === 'slow' || fields.kind === 'eventLate') && number('delayMilliseconds', 'Delay', 'In milliseconds.')}
      </div>
      <datalist id={services}>
        {faultServices.map((service) => (
          <option key={service} value={service} />
        ))}
      </datalist>
      <details>
        <summary>Which requests it hits</summary>
        <div class="fields">
          {number('after', 'Let through first', 'Requests that pass before.')}
          {number('probability', 'Probability', 'From 0 to 1.', { max: 1, step: 'any' })}
          {number('abovePerSecond', 'Above a rate', 'Only what exceeds these requests a second.', { step: 'any' })}
          {number('forMilliseconds', 'Ends after', 'In milliseconds.')}
        </div>
      </details>
      <div class="controls">
        <button type="submit" class="primary" aria-disabled={isBusy}>
          Arm
        </button>
      </div>
    </form>
  );
}
