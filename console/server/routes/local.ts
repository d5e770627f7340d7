import { Hono } from 'hono';
import { type ExampleEvent, readExampleEvents } from '../../../operator/examples/example-events.ts';
import { artifactsFolder, examplesFolder } from '../../../operator/examples/examples-folder.ts';
import { uploadedExample } from '../../../operator/examples/uploaded-example.ts';
import { askEmbeddedAws } from '../../../operator/stage/embedded-aws.ts';
import { type ListedFault, textOf } from '../../../operator/words/fault-words.ts';
import type { ActionResult, Examples, Faults, FaultView, Fleet } from '../../api.ts';
import { placeOfChannels, placeOfRelease } from '../actions/places.ts';
import { publishAndWait } from '../actions/publish.ts';
import type { Routes } from '../app.ts';
import { refuse } from '../refusal.ts';

const FAULTS = '/_ota/faults';
const FLEET = '/_ota/fleet';

/**
 * What only a local stage has: examples to publish, faults of the embedded AWS, and its fleet. Every other stage has none of these
 * routes. The embedded AWS judges faults and settings, and its refusal is shown.
 */
export const localRoutes: Routes = ({ stage, configuration }) => {
  const app = new Hono();
  const { endpoint } = stage;
  if (endpoint === undefined) return app;

  const faults = async (): Promise<Faults> => {
    const { faults: listed = [] } = (await askEmbeddedAws(endpoint, FAULTS, { method: 'GET' })) as { faults?: readonly ListedFault[] };
    return { faults: listed.map(viewOf) };
  };
  const fleet = async (ask: Parameters<typeof askEmbeddedAws>[2]): Promise<Fleet> => ({
    settings: (await askEmbeddedAws(endpoint, FLEET, ask)) as Fleet['settings'],
  });

  app.get('/local/examples', (c) => c.json({ examples: examples().map(exampleOf) } satisfies Examples));
  app.post('/local/examples/:name', async (c) => {
    const example = examples().find(({ name }) => name === c.req.param('name'));
    if (example === undefined) return refuse(c, 'NOT_FOUND', 'the folder examples has no example of this name: reload the page');
    const { source, 'detail-type': detailType, detail } = await uploadedExample(stage, artifactsFolder(), example);
    const event = { source, detailType, detail: JSON.stringify(detail) };
    const { product, version } = detail;
    const isOfRelease = typeof product === 'string' && typeof version === 'string';
    const href = isOfRelease ? placeOfRelease({ product, version }) : placeOfChannels;
    return c.json(
      (await publishAndWait(stage, event, await configuration(), href, `examples/${example.name}.json`)) satisfies ActionResult,
    );
  });
  app.get('/local/faults', async (c) => c.json((await faults()) satisfies Faults));
  app.post('/local/faults', async (c) => {
    await askEmbeddedAws(endpoint, FAULTS, { method: 'POST', body: await c.req.json() });
    return c.json((await faults()) satisfies Faults);
  });
  app.delete('/local/faults', async (c) => {
    await askEmbeddedAws(endpoint, FAULTS, { method: 'DELETE' });
    return c.json((await faults()) satisfies Faults);
  });
  app.get('/local/fleet', async (c) => c.json((await fleet({ method: 'GET' })) satisfies Fleet));
  app.post('/local/fleet', async (c) => c.json((await fleet({ method: 'POST', body: await c.req.json() })) satisfies Fleet));
  return app;
};

/** Read anew each time, because a person may edit them. */
function examples(): ExampleEvent[] {
  return readExampleEvents(examplesFolder());
}

function exampleOf({ name, shows, source, 'detail-type': detailType, detail }: ExampleEvent): Examples['examples'][number] {
  const text = JSON.stringify({ source, 'detail-type': detailType, detail }, null, 2);
  return { name, detailType, about: shows ?? detailType, text };
}

function viewOf(fault: ListedFault): FaultView {
  const { id, kind, service, operation, struck, state } = fault;
  return {
    ...{ id: String(id), kind, service, struck, isArmed: state === 'armed', words: textOf(fault, 'until it is cleared') },
    ...(operation !== undefined && { operation }),
  };
}
