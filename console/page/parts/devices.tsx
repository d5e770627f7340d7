import { useState } from 'preact/hooks';
import type { Device, DevicePage } from '../../api.ts';
import { get } from '../client.ts';
import { deviceStates, devicesPath, keyOf, withPage } from '../device-states.ts';
import { useRequest } from '../use-request.ts';
import { Empty } from './empty.tsx';
import { textOf } from './form.tsx';
import { Problem } from './problem.tsx';
import { Region } from './region.tsx';
import { Time } from './time.tsx';

/** The rollout whose devices are shown. `counts` are the last ones that are known. */
export type DevicesProps = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
  readonly counts: DevicePage['counts'];
};

/** The region of the devices of a rollout by their state. They are read only when a person asks for them, page by page. */
export function Devices({ counts, ...rollout }: DevicesProps) {
  const [state, setState] = useState('');
  const pages = useRequest<DevicePage>();
  const { value, error, isBusy } = pages;

  const load = (wanted: string): void => void pages.ask(() => get<DevicePage>(devicesPath(rollout, wanted)));
  const loadMore = (): void =>
    void pages.ask(async (before) => {
      const page = await get<DevicePage>(devicesPath(rollout, state, before?.next));
      return { ...page, devices: withPage(before?.devices ?? [], page.devices) };
    });

  return (
    <Region title="Devices">
      <div class="controls">
        <label>
          State
          <select
            value={state}
            onChange={(event) => {
              const wanted = textOf(event);
              setState(wanted);
              if (value === undefined && !isBusy) return;
              // The place at which a list goes on is one of the list of the old state.
              pages.set(undefined);
              load(wanted);
            }}
          >
            <option value="">all</option>
            {deviceStates.map(([name, member]) => (
              <option key={name} value={name}>
                {counts === undefined ? name : `${name} (${counts[member]})`}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => isBusy || load(state)} aria-disabled={isBusy}>
          Load devices
        </button>
        {value === undefined && <p class="muted small">AWS lists devices slowly, so the page reads them only when you ask.</p>}
      </div>
      <div role="status" class="small muted">
        {isBusy && 'Reading the devices…'}
        {!isBusy && value && (
          <>
            {value.devices.length === 1 ? '1 device' : `${value.devices.length} devices`}
            {value.next === undefined ? '' : ', and there are more'}, read at <Time at={value.at} as="seconds" />
          </>
        )}
      </div>
      {error && <Problem error={error} shownAt={value?.at} />}
      {value?.remarks.map((remark) => (
        <p key={remark} class="note">
          {remark}
        </p>
      ))}
      {value && value.devices.length === 0 && value.remarks.length === 0 && (
        <Empty title={state === '' ? 'AWS lists no devices.' : `AWS lists no devices that are ${state}.`} />
      )}
      {value && value.devices.length > 0 && <DeviceTable devices={value.devices} />}
      {value?.next !== undefined && (
        <button type="button" onClick={() => isBusy || loadMore()} aria-disabled={isBusy}>
          Load more
        </button>
      )}
    </Region>
  );
}

function DeviceTable({ devices }: { devices: readonly Device[] }) {
  return (
    <div class="scroller">
      <table class="cards">
        <caption class="visually-hidden">Devices</caption>
        <thead>
          <tr>
            <th scope="col">Device</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {devices.map((one) => (
            <tr key={keyOf(one)}>
              <th scope="row">
                <code>{one.device}</code>
              </th>
              <td>
                <span class={`device-state ${one.state.toLowerCase().replaceAll('_', '-')}`}>{one.state}</span>
              </td>
              <td>{one.since !== undefined && <Time at={one.since} as="seconds" />}</td>
              <td class="reason">{one.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
