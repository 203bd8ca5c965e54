import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kvmUsable } from '../../../../../provision/host/kvm/kvm-usable.ts';
import { type GuestRun, runTinyGuest } from '../../../../../provision/host/kvm/run-tiny-guest.ts';
import { goodExitCode, tinyGuestRom } from '../../../../../provision/host/kvm/tiny-guest.ts';

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
    expect(await kvmUsable(places(), answers({ outcome: 'ran', ms: 1 }))).toBe(false);
    expect(asked).toBe(0);
  });

  it('tries a device once, and remembers also that it hangs', async () => {
    writeFileSync(places().device, '');
    const hangs = answers({ outcome: 'hung', ms: 4000 });
    expect([await kvmUsable(places(), hangs), await kvmUsable(places(), hangs)]).toEqual([false, false]);
    expect(asked).toBe(1);
  });

  it('tries a device again that was replaced, and one that nothing was learnt about', async () => {
    writeFileSync(places().device, '');
    await kvmUsable(places(), answers({ outcome: 'no-qemu' }));
    expect(await kvmUsable(places(), answers({ outcome: 'ran', ms: 1 }))).toBe(true);
    rmSync(places().device);
    writeFileSync(join(dir, 'other'), '');
    writeFileSync(places().device, '');
    expect(await kvmUsable(places(), answers({ outcome: 'hung', ms: 4000 }))).toBe(false);
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
    expect(await runTinyGuest('kvm', 1000, join(dir, 'none'))).toEqual({ outcome: 'no-qemu' });
  });

  it('has run when the guest said farewell, and only then', async () => {
    expect(await runTinyGuest('tcg', 5000, qemu(`exit ${goodExitCode}`))).toMatchObject({ outcome: 'ran' });
    expect(await runTinyGuest('tcg', 5000, qemu('exit 0'))).toMatchObject({ outcome: 'refused' });
  });

  it('kills what makes no progress', async () => {
    expect(await runTinyGuest('kvm', 300, qemu('trap "" TERM; exec sleep 60'))).toMatchObject({ outcome: 'hung' });
  });

  it('repeats the last line of one that cannot begin', async () => {
    const refuses = qemu('echo "qemu: failed to initialize kvm: Permission denied" >&2; exit 1');
    expect(await runTinyGuest('kvm', 5000, refuses)).toEqual({
      outcome: 'refused',
      said: 'qemu: failed to initialize kvm: Permission denied',
    });
  });

  it("hands QEMU a ROM whose reset vector begins the guest's code", () => {
    const rom = tinyGuestRom();
    expect(rom.length % 65_536).toBe(0);
    expect(rom.subarray(-16).toString('hex')).toBe('66b940420f0067e2fdb02ae6f4f4f4f4');
  });
});
