import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, openSync, writeFile } from 'node:fs';
import { setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { viewLimits } from '../limits.ts';

export type IndexerChild = ChildProcessByStdio<Writable, Readable, null>;

/** What nobody owns (Debian Policy 9.2.2, "nobody" and "nogroup"). */
const nobody = 65534;

/** Behind key-value in the queue for the CPU, and first when memory is short (proc_pid_oom_score_adj(5)). */
const niceness = 5;
const oomScore = '1000';

/**
 * Starts the process of a bucket's views: an environment of nothing, no privileges, and Node's own permission model where there is one,
 * under which it may read no file at all. Its program comes as an open file.
 * @param program path of the bundle
 */
export function spawnIndexer(program: string): IndexerChild {
  const file = openSync(program, 'r');
  try {
    const child = spawn(process.execPath, [...nodeFlags(), '--eval', begin], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'pipe', 'ignore', file],
    }) as IndexerChild;
    if (child.pid !== undefined) stepBack(child.pid);
    return child;
  } finally {
    closeSync(file);
  }
}

function nodeFlags(): string[] {
  const permission = ['--permission', '--experimental-permission'].find((flag) =>
    process.allowedNodeEnvironmentFlags.has(flag),
  );
  return [
    ...(permission === undefined ? [] : [permission]),
    `--max-old-space-size=${viewLimits.heapMebibytes}`,
    '--expose-gc',
    '--disallow-code-generation-from-strings',
    '--no-warnings',
  ];
}

// Groups first: whoever is nobody may not change them any more. A container may have taken root's right to become somebody else, or have
// no nobody; views then go on with what is left of root.
const begin = `
const fs = require('node:fs');
const program = fs.readFileSync(3, 'utf8');
fs.closeSync(3);
try {
  if (process.getuid() === 0) {
    process.setgroups([]);
    process.setgid(${nobody});
    process.setuid(${nobody});
  }
} catch (error) {
  if (error.code !== 'EPERM' && error.code !== 'EINVAL') throw error;
}
new (require('node:vm').Script)(program, { filename: 'views.cjs' }).runInThisContext();
`;

/** Both are courtesies: a host that forbids them is no reason to go without views. */
function stepBack(pid: number): void {
  writeFile(`/proc/${pid}/oom_score_adj`, oomScore, () => undefined);
  try {
    setPriority(pid, niceness);
  } catch {
    // The process may be gone already; its exit is told elsewhere.
  }
}
