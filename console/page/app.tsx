import { useEffect, useRef, useState } from 'preact/hooks';
import { LocationProvider, Route, Router } from 'preact-iso';
import type { Session } from '../api.ts';
import { openSession, type RequestError } from './client.ts';
import { ActionDialog } from './parts/action-dialog.tsx';
import { Header } from './parts/header.tsx';
import { Problem } from './parts/problem.tsx';
import { SessionContext } from './session.ts';
import { HistoryView } from './views/history.tsx';
import { LocalView } from './views/local.tsx';
import { NoView } from './views/no-view.tsx';
import { OverviewView } from './views/overview.tsx';
import { QueuesView } from './views/queues.tsx';
import { ReleaseView } from './views/release.tsx';
import { RolloutView } from './views/rollout.tsx';

/** The page: it opens the session, and then shows the view of the path. */
export function App() {
  const [session, setSession] = useState<Session>();
  const [error, setError] = useState<RequestError>();
  useEffect(() => {
    openSession().then(setSession, setError);
  }, []);
  if (error || !session)
    return (
      <main class="alone" aria-busy={!error}>
        <h1>OTA Dispatch</h1>
        {error && <Problem error={error} />}
      </main>
    );
  return (
    <SessionContext.Provider value={session}>
      <LocationProvider>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header />
        <Views />
        <ActionDialog />
      </LocationProvider>
    </SessionContext.Provider>
  );
}

/** The view of the path. When the path changes, the focus goes to the new view, so that screen readers begin there. */
function Views() {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(location.pathname);
  const onRouteChange = () => {
    if (shown.current === location.pathname) return;
    shown.current = location.pathname;
    main.current?.focus({ preventScroll: true });
  };
  return (
    <main id="main" tabIndex={-1} ref={main}>
      <Router onRouteChange={onRouteChange}>
        <Route path="/" component={OverviewView} />
        <Route path="/history" component={HistoryView} />
        <Route path="/queues" component={QueuesView} />
        <Route path="/local" component={LocalView} />
        <Route path="/releases/:product/:version" component={ReleaseView} />
        <Route path="/releases/:product/:version/:revision/:channel" component={RolloutView} />
        <Route default component={NoView} />
      </Router>
    </main>
  );
}
