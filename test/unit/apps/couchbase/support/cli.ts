import type { Surroundings } from '#apps/couchbase/src/cli/surroundings.ts';

/** Surroundings of a command that nobody sits before. @param answer what a person would say to its question */
export function alone(env: Readonly<Record<string, string>> = {}, answer?: string): Surroundings {
  return { env, progress: () => undefined, ask: () => Promise.resolve(answer) };
}
