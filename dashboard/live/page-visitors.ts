import { io, type Socket } from 'socket.io-client';
import type { MachineConfig } from '#provision/config/lab-config.ts';
import { pagePort } from '#scenarios/harness/context/ports.ts';
import { type ClusterView, runningOn } from '#scenarios/harness/record/cluster-view.ts';
import type { Unstamped } from '../moment/seen.ts';

const connectDeadlineMs = 2_000;
const retryMs = 2_000;

/** A visitor's open page on each machine that runs a web unit: every message is a beat of the page's heart. */
export class PageVisitors {
  readonly #sockets = new Map<string, Socket>();
  readonly #machines: readonly Pick<MachineConfig, 'name' | 'address'>[];
  readonly #tell: (seen: Unstamped) => void;

  constructor(machines: readonly Pick<MachineConfig, 'name' | 'address'>[], tell: (seen: Unstamped) => void) {
    this.#machines = machines;
    this.#tell = tell;
  }

  /** Visits the machines whose web unit runs, and stays; the others it leaves. */
  visit(view: ClusterView): void {
    const web = view.units.filter(({ name }) => name.startsWith('web@'));
    const wanted = new Set(web.flatMap(({ name }) => runningOn(view, name) ?? []));
    for (const [name, socket] of this.#sockets) if (!wanted.has(name)) this.#leave(name, socket);
    for (const { name, address } of this.#machines)
      if (wanted.has(name) && !this.#sockets.has(name)) this.#sockets.set(name, this.#visitor(name, address));
  }

  /** Closes every open page; of those that were connected it is told. */
  leave(): void {
    for (const [name, socket] of this.#sockets) this.#leave(name, socket);
  }

  #leave(name: string, socket: Socket): void {
    this.#sockets.delete(name);
    const told = socket.connected;
    socket.removeAllListeners();
    socket.disconnect();
    if (told) this.#tell({ type: 'page-disconnected', data: { machine: name, reason: 'its visitor left' } });
  }

  #visitor(machine: string, address: string): Socket {
    const socket = io(`http://${address}:${pagePort}`, {
      transports: ['websocket'],
      forceNew: true,
      timeout: connectDeadlineMs,
      reconnectionDelay: retryMs,
      reconnectionDelayMax: retryMs,
    });
    socket.on('connect', () => this.#tell({ type: 'page-connected', data: { machine } }));
    socket.on('disconnect', (reason) => this.#tell({ type: 'page-disconnected', data: { machine, reason } }));
    socket.on('message', (message: unknown) => {
      const rows: readonly unknown[] = Array.isArray(message) ? message : [];
      this.#tell({ type: 'page-message', data: { machine, rows: rows.length, firstKey: null } });
    });
    return socket;
  }
}
