import { LabError } from '#errors/lab-error.ts';

/**
 * A unit's text whose container gets these variables: `-e NAME=VALUE` for the `docker run` of ExecStart, nothing else changed. Pure.
 * @throws LabError `unit.variant` when ExecStart runs no container
 */
export function withEnvironment(text: string, environment: Readonly<Record<string, string>>): string {
  const flags = Object.entries(environment).map(([name, value]) => `-e ${name}=${value} `);
  if (flags.length === 0) return text;
  const run = /^(ExecStart=\S*docker run )/m;
  if (run.test(text)) return text.replace(run, (start) => start + flags.join(''));
  throw new LabError({
    code: 'unit.variant',
    cause: 'the unit has no ExecStart= with "docker run": its container cannot be given variables',
    next: 'run the scenario with --delays none',
  });
}
