import { Hono } from 'hono';
import { unknownName } from '../../../operator/words/unknown-name.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { ActionName, ActionResult, Preview } from '../../api.ts';
import type { Action, Actions } from '../action.ts';
import { approve } from '../actions/approve.ts';
import { deny } from '../actions/deny.ts';
import { hold } from '../actions/hold.ts';
import { publish } from '../actions/publish.ts';
import { redrive } from '../actions/redrive.ts';
import { resume } from '../actions/resume.ts';
import { withdraw } from '../actions/withdraw.ts';
import type { Routes } from '../app.ts';

const actions: Actions = { publish, approve, deny, hold, resume, withdraw, redrive };

/**
 * `POST /preview/NAME` and `POST /actions/NAME`. The input is judged before anything is read or sent. A console that is read-only has
 * refused both before.
 */
export const actionsRoutes: Routes = (context) => {
  const app = new Hono();
  app.post('/preview/:name', async (c) => {
    const action = actionCalled(c.req.param('name'));
    const input = action.read(await c.req.json());
    return c.json((await action.preview(context, input)) satisfies Preview);
  });
  app.post('/actions/:name', async (c) => {
    const action = actionCalled(c.req.param('name'));
    const input = action.read(await c.req.json());
    return c.json((await action.carryOut(context, input)) satisfies ActionResult);
  });
  return app;
};

function actionCalled(name: string): Action<unknown> {
  const action = Object.hasOwn(actions, name) ? actions[name as ActionName] : undefined;
  if (action === undefined) throw new UsageError(`there is no action ${unknownName(name, Object.keys(actions), 'there are')}`);
  // What its own `read` answers is its input.
  return action as Action<unknown>;
}
