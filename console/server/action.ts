import type { ActionInput, ActionName, ActionResult, Preview } from '../api.ts';
import type { Context } from './context.ts';

/** Something that a person can do from the page. The routes call `read` before everything else, and refuse a console that is read-only. */
export type Action<Input> = {
  /** Judges the JSON that the page sent. Throws UsageError for an unknown member, a wrong form, or a text that is too long. */
  read(sent: unknown): Input;
  /** What the action will do. Nothing is published. Throws UsageError for names that do not exist. */
  preview(context: Context, input: Input): Promise<Preview>;
  /** Does it, and answers within about 20 s. What was not answered by then is a result, too. Throws UsageError as `preview` does. */
  carryOut(context: Context, input: Input): Promise<ActionResult>;
};

/** The actions by their names, each with the input that it takes. */
export type Actions = { readonly [Name in ActionName]: Action<ActionInput[Name]> };
