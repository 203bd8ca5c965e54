import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';

/** Until what was removed is gone, ms. */
const removalMs = 15_000;

/**
 * Of vitest's global set-up: the files that tests make lie in one directory, which goes with the run, and what they do to the
 * host's network is undone when it ends, or the run fails and says what stands.
 * @returns what vitest calls at the end of the run
 */
export default async function leavesNothing(): Promise<() => Promise<void>> {
  const before = await networkOfHost();
  const dir = mkdtempSync(join(roomyDirectory(), 'lab-tests-'));
  // Some tests look on as another user does.
  chmodSync(dir, 0o755);
  process.env['TMPDIR'] = dir;
  return async () => {
    rmSync(dir, { recursive: true, force: true });
    let left: string[] = [];
    // The kernel takes links away some time after the namespace in which they ended.
    for (const endsAt = Date.now() + removalMs; Date.now() < endsAt; await pause(100)) {
      left = (await networkOfHost()).filter((line) => !before.includes(line));
      if (left.length === 0) return;
    }
    // Not told apart: what the tests left, and a person's lab that came up meanwhile.
    if (existsSync('/var/lib/coreos-lab')) return console.log(`not judged, for a lab is there: ${left.join('; ')}`);
    // Vitest prints what is thrown here, and goes by this alone.
    process.exitCode = 1;
    throw new Error(`the tests have left on this host:\n${left.join('\n')}`);
  };
}

/** An image build wants 3 GB, and some are tried. Where /tmp is in memory, as on Debian 13, it may have less. */
const roomBytes = 4 * 2 ** 30;

function roomyDirectory(): string {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize < roomBytes ? '/var/tmp' : tmpdir();
}

/** Links, namespaces and the routes of labs' fences. */
async function networkOfHost(): Promise<string[]> {
  const asked = [
    ['ip', 'route', 'show', 'type', 'unreachable'],
    ['ip', '-brief', 'link', 'show', 'type', 'veth'],
    ['ip', 'netns', 'list'],
  ] as const;
  const said = await Promise.all(asked.map(([program, ...args]) => execa(program, args, { reject: false })));
  return said.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
}
