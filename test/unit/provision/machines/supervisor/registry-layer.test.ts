import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';

const tsx = join(import.meta.dirname, '../../../../../node_modules/.bin/tsx');

let dir: string;
beforeEach(() => {
  // Not in /tmp, which may be an overlay itself.
  dir = mkdtempSync('/var/tmp/lab-registry-');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it.runIf(process.getuid?.() === 0)(
  'what is pushed is in the lab’s directory, and outlives its mount; the storage stays',
  async () => {
    const [storage, state] = [join(dir, 'cache, of two:parts'), join(dir, 'a state')];
    mkdirSync(join(storage, 'docker'), { recursive: true });
    writeFileSync(join(storage, 'docker/link'), 'built');
    const program = [tsx, join(import.meta.dirname, 'mount-registry.ts'), storage, state, join(dir, 'run')];
    // In a mount namespace, as the supervisor is.
    const run = async () => JSON.parse((await execa('unshare', ['--mount', ...program])).stdout) as unknown;
    expect(await run()).toEqual(['built', 'pushed']);
    expect(readFileSync(join(storage, 'docker/link'), 'utf8')).toBe('built');
    expect(existsSync(join(state, 'registry/pushed/docker/more'))).toBe(true);
    expect(await run()).toEqual(['pushed', 'pushed']);
    // Another storage below it, as after a change of an image.
    const other = join(dir, 'other');
    mkdirSync(join(other, 'docker'), { recursive: true });
    program[2] = other;
    writeFileSync(join(other, 'docker/link'), 'built anew');
    expect(await run()).toEqual(['pushed', 'pushed']);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(dir);
  },
);
