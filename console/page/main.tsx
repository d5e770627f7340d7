import { render } from 'preact';
import { App } from './app.tsx';
import { tokenOfAddress } from './client.ts';
import { readablePath } from './paths.ts';
import './theme.css';

const { pathname, search, hash } = location;
// The router throws for an address that it cannot read, and then the page stays empty.
if (readablePath(pathname) !== pathname) history.replaceState(null, '', readablePath(pathname) + search + hash);

// The address of a console that was started again at the same port differs only after the #, so the browser would not load the page again.
addEventListener('hashchange', () => {
  if (tokenOfAddress() !== null) location.reload();
});

// The HTML shows the name of the page until the script is there, so that something is painted soon.
document.body.replaceChildren();
render(<App />, document.body);
