import { useEffect, useState } from 'preact/hooks';
import type { Fleet } from '../../../api.ts';
import { get, send } from '../../client.ts';
import { changeOf, deviceOutcomes, devicesOf, type FleetFields, fieldsOf, shares, succeededPercent } from '../../fleet.ts';
import { useSession } from '../../session.ts';
import { useRequest } from '../../use-request.ts';
import { Field, textOf } from '../form.tsx';
import { Problem } from '../problem.tsx';
import { Refused } from '../refused.tsx';
import { Region } from '../region.tsx';

const path = '/api/local/fleet';

/** The region of the simulated fleet: how many devices fail and in which way, and how long they take. */
export function FleetRegion() {
  const { isReadOnly } = useSession();
  const { value, error, isBusy, ask } = useRequest<Fleet>();
  const [saved, setSaved] = useState(false);
  useEffect(() => void ask(() => get<Fleet>(path)), []);
  const change = async (settings: Fleet['settings']): Promise<void> => {
    setSaved(false);
    await ask(async () => {
      const changed = await send<Fleet>('POST', path, settings);
      setSaved(true);
      return changed;
    });
  };
  return (
    <Region title="Fleet">
      <p class="muted small">
        The devices are simulated. A change counts for updates that a device has yet to start. The same device does the same in each run.
      </p>
      {error && (value ? <Refused error={error} /> : <Problem error={error} />)}
      {value && <SharesForm key={JSON.stringify(value.settings)} fleet={value} isReadOnly={isReadOnly} isBusy={isBusy} onChange={change} />}
      {value && <SingleDevices fleet={value} isReadOnly={isReadOnly} isBusy={isBusy} onChange={change} />}
      <p role="status" class="muted small">
        {saved && !isBusy && 'The fleet has changed.'}
      </p>
    </Region>
  );
}

type PartProps = {
  readonly fleet: Fleet;
  readonly isReadOnly: boolean;
  readonly isBusy: boolean;
  readonly onChange: (settings: Fleet['settings']) => Promise<void>;
};

function SharesForm({ fleet, isReadOnly, isBusy, onChange }: PartProps) {
  const [fields, setFields] = useState<FleetFields>(() => fieldsOf(fleet));
  const succeeded = succeededPercent(fields);
  const number = (label: string, value: string, set: (value: string) => void, max?: number) => (
    <Field label={label}>
      {(ids) => (
        <input
          type="number"
          min={0}
          {...(max !== undefined && { max })}
          step="any"
          required
          disabled={isReadOnly}
          {...ids}
          value={value}
          onInput={(event) => set(textOf(event))}
        />
      )}
    </Field>
  );
  return (
    <form
      aria-label="All devices"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy && succeeded >= 0) void onChange(changeOf(fields));
      }}
    >
      <fieldset>
        <legend>Devices that do not succeed, in percent</legend>
        <div class="fields">
          {shares.map(([name, label]) => (
            <div key={name}>
              {number(label, fields.percent[name], (value) => setFields({ ...fields, percent: { ...fields.percent, [name]: value } }), 100)}
            </div>
          ))}
        </div>
        {succeeded < 0 ? (
          <p role="alert" class="note refusal">
            Together they are more than 100 percent. Lower one of them.
          </p>
        ) : (
          <p class="small">All others succeed: {succeeded} percent.</p>
        )}
      </fieldset>
      <fieldset>
        <legend>Durations in seconds</legend>
        <div class="fields">
          {number('Start, shortest', fields.start[0], (value) => setFields({ ...fields, start: [value, fields.start[1]] }))}
          {number('Start, longest', fields.start[1], (value) => setFields({ ...fields, start: [fields.start[0], value] }))}
          {number('Update, shortest', fields.update[0], (value) => setFields({ ...fields, update: [value, fields.update[1]] }))}
          {number('Update, longest', fields.update[1], (value) => setFields({ ...fields, update: [fields.update[0], value] }))}
        </div>
      </fieldset>
      {!isReadOnly && (
        <div class="controls">
          <button type="submit" class="primary" aria-disabled={isBusy || succeeded < 0}>
            Change the fleet
          </button>
        </div>
      )}
    </form>
  );
}

function SingleDevices({ fleet, isReadOnly, isBusy, onChange }: PartProps) {
  const [device, setDevice] = useState('');
  const [outcome, setOutcome] = useState<string>('FAILED');
  const devices = devicesOf(fleet);
  return (
    <form
      aria-label="Single devices"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void onChange({ devices: { [device.trim()]: outcome } }).then(() => setDevice(''));
      }}
    >
      <fieldset>
        <legend>Single devices</legend>
        {devices.length === 0 && <p class="small">No device has an outcome of its own.</p>}
        <ul class="faults">
          {devices.map(([name, own]) => (
            <li key={name}>
              <code>{name}</code> {own}{' '}
              {!isReadOnly && (
                <button type="button" aria-label={`Remove ${name}`} onClick={() => void onChange({ devices: { [name]: null } })}>
                  Remove
                </button>
              )}
            </li>
          ))}
        </ul>
        {!isReadOnly && (
          <div class="fields">
            <Field label="Device" hint="Its thing name, such as t6-beta-1.">
              {(ids) => (
                <input type="text" required autocomplete="off" {...ids} value={device} onInput={(event) => setDevice(textOf(event))} />
              )}
            </Field>
            <Field label="Outcome">
              {(ids) => (
                <select {...ids} value={outcome} onChange={(event) => setOutcome(textOf(event))}>
                  {deviceOutcomes.map((one) => (
                    <option key={one} value={one}>
                      {one}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <div class="field end">
              <button type="submit" aria-disabled={isBusy}>
                Set
              </button>
            </div>
          </div>
        )}
      </fieldset>
    </form>
  );
}
