import en from 'zod/v4/locales/en.js';
import { config } from 'zod/v4/core';

// Zod's small form, in which it is loaded where memory and time to start count, has no sentences of its own.
config(en());

/** What a schema found wrong with a value at a path of it, as Zod says it. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** As many as a person reads. */
const atMost = 5;

/** The first problems, each as a line: `data.machine: Invalid input: expected string`; one of the whole value is its message alone. Pure. */
export function issueLines({ issues }: { readonly issues: readonly Issue[] }): string[] {
  return issues
    .slice(0, atMost)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`));
}
