import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';
import type { Hierarchy } from './hierarchies.ts';

const deadlineMs = 5_000;
/** Longer than it takes to stop a machine's processes once; short against the deadline. */
const askAgainMs = 50;

interface Freezer {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  /** What is to be read, and the text in it once every process stands still. */
  readonly state: string;
  readonly frozen: string;
}

/**
 * Stops every process of a cgroup and below it, and waits until all stand still.
 * Sources: kernel documentation, cgroup-v1/freezer-subsystem (freezer.state) and cgroup-v2 (cgroup.freeze, cgroup.events).
 * @throws LabError `timeout.condition`
 */
export async function freeze(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  const freezer = freezerOf(hierarchies, cgroup);
  if (freezer === undefined) return;
  let askedAt = Number.NEGATIVE_INFINITY;
  await waitUntil({
    condition: `every process in cgroup ${cgroup} stands still`,
    deadlineMs,
    everyMs: 5,
    next: `cat ${freezer.state}`,
    check: async () => {
      // A process that waits in vfork(2) can miss the first request, and v1 then says FREEZING until it is asked again.
      if (performance.now() - askedAt >= askAgainMs) {
        await writeFile(freezer.file, freezer.freeze);
        askedAt = performance.now();
      }
      return (await readFile(freezer.state, 'utf8')).includes(freezer.frozen);
    },
  });
}

/** Lets the processes of a cgroup go on. No error when it is not frozen, or gone. */
export async function thaw(hierarchies: readonly Hierarchy[], cgroup: string): Promise<void> {
  const freezer = freezerOf(hierarchies, cgroup);
  if (freezer !== undefined) await writeFile(freezer.file, freezer.thaw).catch(ignoreGone);
}

/** Thaws every machine's cgroup below a lab's: a frozen process of cgroup v1 does not even die of SIGKILL. */
export async function thawBelow(hierarchies: readonly Hierarchy[], labCgroup: string): Promise<void> {
  for (const { mount } of hierarchies) {
    const machines = await readdir(join(mount, labCgroup), { withFileTypes: true }).catch(() => []);
    for (const entry of machines) if (entry.isDirectory()) await thaw(hierarchies, `${labCgroup}/${entry.name}`);
  }
}

/** The freezer of cgroup v1 where it is mounted (a hybrid host has both), else that of v2. */
function freezerOf(hierarchies: readonly Hierarchy[], cgroup: string): Freezer | undefined {
  const v1 = hierarchies.find(({ controllers }) => controllers.includes('freezer'));
  const found = v1 ?? hierarchies.find(({ version }) => version === 2);
  if (found === undefined) return undefined;
  const at = (file: string) => join(found.mount, cgroup, file);
  const freezer: Freezer =
    found.version === 1
      ? { file: at('freezer.state'), freeze: 'FROZEN', thaw: 'THAWED', state: at('freezer.state'), frozen: 'FROZEN' }
      : { file: at('cgroup.freeze'), freeze: '1', thaw: '0', state: at('cgroup.events'), frozen: 'frozen 1' };
  return existsSync(freezer.file) ? freezer : undefined;
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENODEV') throw error;
}
