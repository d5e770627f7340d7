/** One broken promise: which rule, and what was seen. */
export type Flaw = { readonly rule: string; readonly what: string };

/** Notes a broken promise unless it holds. */
export type Expect = (holds: boolean, rule: string, what: string) => void;
