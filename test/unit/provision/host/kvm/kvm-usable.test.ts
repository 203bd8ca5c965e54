import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kvmUsable } from '#provision/host/kvm/kvm-usable.ts';
import { type GuestRun, runTinyGuest } from '#provision/host/kvm/run-tiny-guest.ts';
import { goodExitCode, tinyGuestRom } from '#provision/host/kvm/tiny-guest.ts';

let dir: string;
let asked: number;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-kvm-'));
  asked = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const places = () => ({ device: join(dir, 'kvm'), memory: join(dir, 'run/kvm.json') });
const answers = (run: GuestRun) => () => {
  asked += 1;
  return Promise.resolve(run);
};

describe('kvmUsable', () => {
  it('asks nothing where there is no device', async () => {
    expect(await kvmUsable('host', places(), answers({ outcome: 'ran', ms: 1 }))).toBe(false);
    expect(asked).toBe(0);
  });

  it('tries a device once, and remembers also that it hangs', async () => {
    writeFileSync(places().device, '');
    const hangs = answers({ outcome: 'hung', ms: 4000 });
    expect([await kvmUsable('host', places(), hangs), await kvmUsable('host', places(), hangs)]).toEqual([
      false,
      false,
    ]);
    expect(asked).toBe(1);
  });

  it('tries a device again that was replaced, and one that nothing was learnt about', async () => {
    writeFileSync(places().device, '');
    await kvmUsable('host', places(), answers({ outcome: 'no-qemu' }));
    expect(await kvmUsable('host', places(), answers({ outcome: 'ran', ms: 1 }))).toBe(true);
    rmSync(places().device);
    writeFileSync(join(dir, 'other'), '');
    writeFileSync(places().device, '');
    expect(await kvmUsable('host', places(), answers({ outcome: 'hung', ms: 4000 }))).toBe(false);
    expect(asked).toBe(3);
  });
});

describe('runTinyGuest', () => {
  const qemu = (script: string): string => {
    const file = join(dir, 'qemu');
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  };

  it('says that there is no QEMU', async () => {
    expect(await runTinyGuest({ acceleration: 'kvm' }, 60_000, join(dir, 'none'))).toEqual({ outcome: 'no-qemu' });
  });

  it('has run when the guest said farewell, and only then', async () => {
    expect(await runTinyGuest({ acceleration: 'tcg' }, 60_000, qemu(`exit ${goodExitCode}`))).toMatchObject({
      outcome: 'ran',
    });
    expect(await runTinyGuest({ acceleration: 'tcg' }, 60_000, qemu('exit 0'))).toMatchObject({ outcome: 'refused' });
  });

  it('kills what makes no progress', async () => {
    expect(await runTinyGuest({ acceleration: 'kvm' }, 300, qemu('trap "" TERM; exec sleep 60'))).toMatchObject({
      outcome: 'hung',
    });
  });

  it('repeats the last line of one that cannot begin', async () => {
    const refuses = qemu('echo "qemu: failed to initialize kvm: Permission denied" >&2; exit 1');
    expect(await runTinyGuest({ acceleration: 'kvm' }, 60_000, refuses)).toEqual({
      outcome: 'refused',
      said: 'qemu: failed to initialize kvm: Permission denied',
    });
  });

  it('repeats the error, not the assertion that failed after it', async () => {
    const lines = ['qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69', 'kvm.c:3183: Assertion failed.'];
    const asserts = qemu(`printf '%s\\n' '${lines.join("' '")}' >&2; kill -ABRT $$`);
    expect(await runTinyGuest({ acceleration: 'kvm', cpu: 'host' }, 60_000, asserts)).toEqual({
      outcome: 'refused',
      said: lines[0],
    });
  });

  it('gives the guest the CPU model that was named, and else none', async () => {
    const echoes = qemu('echo "$*"; exit 1');
    const said = async (cpu?: string) => runTinyGuest({ acceleration: 'kvm', ...(cpu && { cpu }) }, 60_000, echoes);
    expect(await said('Nehalem')).toMatchObject({ said: expect.stringContaining('-cpu Nehalem') as string });
    expect(await said()).toMatchObject({ said: expect.not.stringContaining('-cpu') as string });
  });

  it('is a guest that QEMU brings into long mode and to its end, by its own count', async () => {
    expect(await runTinyGuest({ acceleration: 'tcg' }, 120_000)).toMatchObject({ outcome: 'ran' });
    expect(tinyGuestRom().length % 65_536).toBe(0);
  });
});

describe('what was learnt by another guest, or of another CPU', () => {
  it('does not count', async () => {
    writeFileSync(places().device, '');
    expect(await kvmUsable('host', places(), answers({ outcome: 'refused', said: 'no' }))).toBe(false);
    expect(await kvmUsable('Nehalem', places(), answers({ outcome: 'ran', ms: 1 }))).toBe(true);
    const memory = JSON.parse(readFileSync(places().memory, 'utf8')) as { identity: string; usable: boolean };
    const [key = ''] = memory.identity.split(' ').slice(-1);
    writeFileSync(places().memory, JSON.stringify({ ...memory, identity: memory.identity.replace(key, 'older') }));
    expect(await kvmUsable('Nehalem', places(), answers({ outcome: 'hung', ms: 4000 }))).toBe(false);
    expect(asked).toBe(3);
  });
});
