import { fleetKeys } from '#platform/etcd/keys/fleet-keys.ts';
import { machineId, machineName, type Fault } from '../plan/plan.ts';
import type { Cluster } from './cluster.ts';

/** A fault in force: whom it touches, and how it is undone. `undo` is missing where nothing is to be undone. */
interface Injected {
  readonly machines: readonly number[];
  /** etcd's answers may be late or old while it lasts. */
  readonly etcd: boolean;
  readonly undo?: () => void;
}

/** Brings faults about, and takes them back. */
export class Injector {
  readonly #cluster: Cluster;
  readonly #members: number;
  readonly #inForce = new Map<number, () => void>();
  #faults = 0;

  /** @param members how many of the machines, from the first on, have an etcd member */
  constructor(cluster: Cluster, members: number) {
    this.#cluster = cluster;
    this.#members = members;
  }

  /** Faults brought about so far. */
  count(): number {
    return this.#faults;
  }

  /** Nothing happens when the one who is meant is not there. */
  inject(fault: Fault, what: string): void {
    const done = this.#do(fault);
    if (done === undefined) return;
    const id = ++this.#faults;
    const machines = done.machines.map(machineName);
    const say = (is: 'begun' | 'over'): void =>
      this.#cluster.record({ kind: 'fault', id, is, what, machines, etcd: done.etcd });
    say('begun');
    const end = (): void => {
      if (!this.#inForce.delete(id)) return;
      done.undo?.();
      say('over');
    };
    this.#inForce.set(id, end);
    if ('lastsMs' in fault) this.#cluster.agenda.after(fault.lastsMs, end);
    else end();
  }

  /** Takes back what is in force, and starts what is down. */
  endAll(): void {
    for (const end of [...this.#inForce.values()]) end();
    for (const machine of this.#cluster.machines) {
      machine.boot();
      machine.start('etcd');
      machine.start('fleetd');
    }
  }

  #do(fault: Fault): Injected | undefined {
    const { etcd } = this.#cluster;
    switch (fault.fault) {
      case 'partition':
        return this.#partition(fault);
      case 'compact':
        etcd.compact();
        return { machines: [], etcd: false };
      case 'depose':
        etcd.depose();
        return { machines: [], etcd: true };
      default: {
        const on = this.#cluster.resolve(fault.on);
        return on === undefined ? undefined : this.#doTo(on, fault);
      }
    }
  }

  #doTo(on: number, fault: Extract<Fault, { on: unknown }>): Injected | undefined {
    const { etcd, random } = this.#cluster;
    const machine = this.#cluster.machine(on);
    const about = { machines: [on], etcd: on <= this.#members };
    if (!machine.isUp()) return undefined;
    switch (fault.fault) {
      case 'power-off':
        machine.powerOff();
        return { ...about, undo: () => machine.boot() };
      case 'kill':
        machine.kill(fault.daemon);
        return { machines: [on], etcd: fault.daemon === 'etcd' };
      case 'stop-etcd':
        machine.kill('etcd', false);
        return { ...about, undo: () => machine.start('etcd') };
      case 'leave':
        machine.leave();
        return { machines: [on], etcd: false, undo: () => machine.start('fleetd') };
      case 'pause':
        machine.pause(fault.daemon);
        return {
          machines: [on],
          etcd: about.etcd && fault.daemon !== 'fleetd',
          undo: () => machine.resume(fault.daemon),
        };
      case 'lossy':
        return { ...about, undo: this.#lossy(on, fault.loss, fault.delayMs) };
      case 'slow-disk': {
        const member = etcd.members[on - 1];
        member?.setSlowMs(fault.writeMs);
        return { ...about, undo: () => member?.setSlowMs(0) };
      }
      case 'clock': {
        const clock = this.#cluster.clockOf(on);
        clock.setRate(fault.rate);
        return { machines: [on], etcd: false, undo: () => clock.setRate(1) };
      }
      case 'revoke': {
        const lease = etcd.leaseOf(fleetKeys().machine(machineId(on)));
        if (lease !== undefined) etcd.revokeLease(lease);
        return { machines: [on], etcd: false };
      }
      case 'systemd':
        machine.setTemper({ slowness: fault.slowness, stumbles: fault.stumbles });
        return { machines: [on], etcd: false, undo: () => machine.setTemper() };
      case 'unit-dies': {
        const running = machine.systemd.running();
        if (running.length > 0) machine.systemd.fail(random.pick(running));
        return { machines: [on], etcd: false };
      }
    }
  }

  #partition({ machines, direction }: Extract<Fault, { fault: 'partition' }>): Injected {
    const { network } = this.#cluster;
    const others = this.#cluster.machines.map((_, index) => index + 1).filter((n) => !machines.includes(n));
    const undo: (() => void)[] = [];
    for (const inside of machines.map(machineName)) {
      for (const outside of others.map(machineName)) {
        if (direction !== 'out') undo.push(network.impair(outside, inside, { cut: true }));
        if (direction !== 'in') undo.push(network.impair(inside, outside, { cut: true }));
      }
    }
    const hasMember = (side: readonly number[]): boolean => side.some((n) => n <= this.#members);
    const touched = hasMember(machines) ? (hasMember(others) ? [...machines, ...others] : others) : machines;
    return {
      machines: touched,
      etcd: hasMember(machines) && hasMember(others),
      undo: () => undo.forEach((one) => one()),
    };
  }

  #lossy(on: number, loss: number, delayMs: number): () => void {
    const { network, machines } = this.#cluster;
    const name = machineName(on);
    const undo = machines
      .filter((other) => other.name !== name)
      .flatMap((other) => [
        network.impair(name, other.name, { loss, delayMs }),
        network.impair(other.name, name, { loss, delayMs }),
      ]);
    return () => undo.forEach((one) => one());
  }
}
