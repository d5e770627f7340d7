/** One broken promise: the rule, and what was observed. */
export type Flaw = { readonly rule: string; readonly what: string };

/** Notes a broken promise unless it holds. */
export type Expect = (holds: boolean, rule: string, what: string) => void;
