import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type GuestRun, runTinyGuest } from './run-tiny-guest.ts';
import { tinyGuestKey } from './tiny-guest.ts';

const deadlineMs = 4000;

export interface KvmPlaces {
  readonly device: string;
  /** Remembers the answer: a /dev/kvm that hangs would cost the whole deadline at every command. */
  readonly memory: string;
}

const places: KvmPlaces = { device: '/dev/kvm', memory: '/run/coreos-lab/kvm.json' };

/** The CPU that guests of KVM have where lab.toml names no other: the host's own. */
export const kvmCpu = 'host';

/**
 * Whether guests run on this host's KVM. Answers at once where there is no /dev/kvm, or it was tried before on this device
 * and since the last boot (the answer lies below /run); else runs a tiny guest, at most 4 s.
 * @param cpu the guests' CPU model
 */
export async function kvmUsable(
  cpu: string = kvmCpu,
  { device, memory }: KvmPlaces = places,
  run: () => Promise<GuestRun> = () => runTinyGuest({ acceleration: 'kvm', cpu }, deadlineMs),
): Promise<boolean> {
  if (!mayOpen(device)) return false;
  const { ino, ctimeMs } = statSync(device);
  const identity = `${ino} ${ctimeMs} ${cpu} ${tinyGuestKey()}`;
  const known = recall(memory);
  if (known?.identity === identity) return known.usable;
  const { outcome } = await run();
  const usable = outcome === 'ran';
  // Without QEMU nothing was learnt.
  if (outcome !== 'no-qemu') remember(memory, { identity, usable });
  return usable;
}

const answer = z.object({ identity: z.string(), usable: z.boolean() });
type Answer = z.output<typeof answer>;

function mayOpen(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function recall(file: string): Answer | undefined {
  try {
    return answer.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** A user without the right to write there asks the host again the next time. */
function remember(file: string, learnt: Answer): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(learnt)}\n`);
  } catch {
    // nothing is lost but time
  }
}
