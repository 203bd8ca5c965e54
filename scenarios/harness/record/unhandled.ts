/**
 * The last case of a `switch` over a union, which a new member of it keeps from compiling.
 * @throws Error when a value came here past the types
 */
export function unhandled(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
