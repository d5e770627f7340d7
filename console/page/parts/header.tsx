import { useLocation } from 'preact-iso';
import { useSession } from '../session.ts';
import { ActionButton } from './action-button.tsx';
import { Icon } from './icon.tsx';

/** The top of the page: its name, the views, and where the page reads and acts. A deployed stage looks different from a local one. */
export function Header() {
  const session = useSession();
  const { path } = useLocation();
  const link = (href: string, label: string, isHere: boolean) => (
    <a href={href} {...(isHere && { 'aria-current': 'page' })}>
      {label}
    </a>
  );
  return (
    <header class={`frame-header ${session.isLocal ? 'is-local' : 'is-deployed'}`}>
      <a class="brand" href="/">
        <Icon name="dispatch" />
        OTA Dispatch
      </a>
      <nav aria-label="Views">
        {link('/', 'Channels', path === '/' || path.startsWith('/releases/'))}
        {link('/history', 'History', path === '/history')}
        {link('/queues', 'Queues', path === '/queues')}
        {session.isLocal && link('/local', 'Local', path === '/local')}
      </nav>
      <div class="where">
        <Where />
        {session.isReadOnly && (
          <span class="pill" title="This console changes nothing.">
            <Icon name="lock" />
            read-only
          </span>
        )}
        <ActionButton action="publish" label="Publish" />
      </div>
    </header>
  );
}

function Where() {
  const { stage, isLocal, account, region, caller } = useSession();
  if (isLocal)
    return (
      <span class="pill" title="The embedded AWS on this computer. No device is real.">
        {stage} stage
      </span>
    );
  const facts = [
    ['Account', account],
    ['Region', region],
    ['Caller', caller],
  ] as const;
  return (
    <>
      <span class="pill deployed" title="A stage in AWS. Its devices are real.">
        <Icon name="warning" />
        deployed: {stage}
      </span>
      <dl>
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </>
  );
}
