import type { Finding, Verdict } from '../harness/record/verdict.ts';
import type { MachineTraces } from './machine-traces.ts';

/** One absence of the machine: what it had when it left, what it has now that it is back. */
export interface Return {
  readonly machine: string;
  readonly by: 'halt' | 'destroy';
  readonly before: MachineTraces;
  readonly after: MachineTraces;
  /** The unit that only this machine could take, and where it runs now. */
  readonly unit: string;
  readonly runsOn: string | undefined;
  /** Stored while the machine was away, and what its own member has of it. */
  readonly stored: string;
  readonly own: string | undefined;
}

/** What must be so after a return. Pure. */
export function returnFindings(one: Return): Finding[] {
  return [disk(one), member(one), images(one), caughtUp(one), subnet(one), work(one)];
}

function disk({ machine, by, before, after }: Return): Finding {
  const kept = by === 'halt';
  return finding(
    kept ? `halted ${machine} returns with its disk` : `destroyed ${machine} has a new disk`,
    before.marker && after.marker === kept,
    `the marker file is ${after.marker ? 'there' : 'gone'}${before.marker ? '' : ', and was not there before'}`,
  );
}

function member({ machine, by, before, after }: Return): Finding {
  const [old, now] = [before.memberId, after.memberId];
  const count = `${Object.keys(after.members).length} members`;
  const change = `${old ?? 'none'} -> ${now ?? 'none'}`;
  const oldListed = old !== undefined && old in after.members;
  const whole = now !== undefined && Object.keys(after.members).length === Object.keys(before.members).length;
  if (by === 'halt')
    return finding(`halted ${machine} is the same etcd member`, whole && now === old, `${change}, ${count}`);
  return finding(
    `destroyed ${machine} has a new etcd member in the place of the old one`,
    whole && now !== old && !oldListed,
    `${change}, ${count}, the old one ${oldListed ? 'still' : 'no longer'} listed`,
  );
}

function images({ machine, by, before, after }: Return): Finding {
  const sameEngine = before.dockerId === after.dockerId;
  const missing = before.images.filter((image) => !after.images.includes(image));
  const engine = `${sameEngine ? 'the same' : 'a new'} Docker engine`;
  if (by === 'halt')
    return finding(
      `halted ${machine} still has its container images`,
      sameEngine && missing.length === 0 && before.images.length > 0,
      `${engine}, ${after.images.length} images, ${missing.length} of ${before.images.length} lost`,
    );
  return finding(
    `destroyed ${machine} has pulled anew what it runs`,
    !sameEngine && after.images.length > 0,
    `${engine}, ${after.images.length} images (before: ${before.images.length})`,
  );
}

function caughtUp({ machine, by, stored, own }: Return): Finding {
  return finding(
    `${by === 'halt' ? 'halted' : 'destroyed'} ${machine} knows what etcd stored while it was away`,
    own === stored,
    own === undefined ? 'its own member does not have the key' : `its own member has ${own}`,
  );
}

/** flannel finds its old lease by the machine's address, so that the others' routes stay. */
function subnet({ machine, by, before, after }: Return): Finding {
  return finding(
    `${by === 'halt' ? 'halted' : 'destroyed'} ${machine} has its container network again`,
    after.subnet !== undefined && after.subnet === before.subnet,
    `${before.subnet ?? 'none'} -> ${after.subnet ?? 'none'}`,
  );
}

function work({ machine, by, unit, runsOn }: Return): Finding {
  return finding(
    `${by === 'halt' ? 'halted' : 'destroyed'} ${machine} takes work again`,
    runsOn === machine,
    `${unit} runs on ${runsOn ?? 'no machine'}`,
  );
}

function finding(name: string, holds: boolean, evidence: string): Finding {
  const verdict: Verdict = holds ? 'pass' : 'fail';
  return { name, verdict, evidence };
}
