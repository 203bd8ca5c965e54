import { join } from 'node:path';

/** Is this typed in `lab shell`? Its programs come by PATH: a variable alone makes no shell. Pure. */
export function isInShell(env: NodeJS.ProcessEnv): boolean {
  const home = env['LAB_SHELL_HOME'];
  return home !== undefined && (env['PATH'] ?? '').split(':').includes(join(home, 'programs'));
}

/** The same, of this process's own environment, which child processes inherit. */
export function leaveShell(env: NodeJS.ProcessEnv): void {
  const kept = withoutShell(env);
  for (const name of Object.keys(env)) if (!(name in kept)) delete env[name];
  if (kept['PATH'] !== undefined) env['PATH'] = kept['PATH'];
}

/**
 * An environment without what `lab shell` put into it: what the lab itself calls (ssh, vagrant) is the host's, also when `lab` is typed in
 * its own shell. Pure.
 */
export function withoutShell(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const programs = env['LAB_SHELL_HOME'] === undefined ? undefined : join(env['LAB_SHELL_HOME'], 'programs');
  const path = (env['PATH'] ?? '').split(':').filter((directory) => directory !== programs);
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('LAB_SHELL_'));
  return { ...Object.fromEntries(kept), ...(env['PATH'] === undefined ? {} : { PATH: path.join(':') }) };
}
