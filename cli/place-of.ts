import { LabError } from '#errors/lab-error.ts';

/** Where a file is: on a machine, or here. */
export interface Place<M> {
  readonly machine: M | undefined;
  readonly path: string;
}

/**
 * Reads `core-01:/etc/hosts`. As with scp a colon behind a slash is part of a name of this host's, and `./a:b` is a way to say so. Pure.
 * @throws LabError `missing.machine` for a name before the colon that is no machine's
 */
export function placeOf<M extends { readonly name: string }>(word: string, machines: readonly M[]): Place<M> {
  const [, name, path] = /^([^/:]+):(.*)$/s.exec(word) ?? [];
  // scp would take a path that begins so for an option, or for another host.
  if (name === undefined || path === undefined) {
    return { machine: undefined, path: word.startsWith('/') || word.startsWith('.') ? word : `./${word}` };
  }
  const machine = machines.find((one) => one.name === name);
  if (machine !== undefined) return { machine, path };
  throw new LabError({
    code: 'missing.machine',
    cause: `${name} in ${word} is no machine of this lab`,
    next: `lab status lists them; for a file of that name here: ./${word}`,
  });
}
