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
