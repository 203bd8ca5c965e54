import type { Connection, WatchStream, WatchStreamHandlers } from '#platform/etcd/connection.ts';
import { etcdFailure } from '#platform/etcd/etcd-failure.ts';
import type { WireMethod } from '#platform/etcd/wire.ts';
import type { Agenda, Cancel } from '../world/agenda.ts';
import type { Network } from '../world/network.ts';
import type { SimulatedProcess } from '../world/process.ts';
import type { EtcdMember } from './member.ts';
import { byteForm, readWatchRequest } from './wire-requests.ts';

/** Who asks: a process, on a host. */
export interface EtcdClientSide {
  readonly agenda: Agenda;
  readonly network: Network;
  readonly host: string;
  readonly process: SimulatedProcess;
}

/** TCP asks after the other side of an idle watch: after 2 s, then once a second, ten times (gateway-connection.ts). */
const firstAskedMs = 2_000;
const deadAfterMs = 12_000;

/** Stands for `gatewayConnection`: the same requests, over the simulated network to a simulated member. */
export function simulatedConnection(client: EtcdClientSide, member: EtcdMember): Connection {
  const { endpoint } = member;
  const watches = new Set<WatchStream>();
  return {
    endpoint,
    bytes: byteForm,
    call: (method, request, timeoutMs) => call(client, member, { method, request, timeoutMs }),
    watch(request, on) {
      const stream = watchStream(client, member, readWatchRequest(request), on);
      watches.add(stream);
      return {
        cancel() {
          watches.delete(stream);
          stream.cancel();
        },
      };
    },
    close() {
      for (const watch of watches) watch.cancel();
      watches.clear();
    },
  };
}

function call(
  { network, host, process }: EtcdClientSide,
  member: EtcdMember,
  { method, request, timeoutMs }: { method: WireMethod; request: object; timeoutMs: number },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(etcdFailure('timeout.etcd', member.endpoint, method, `no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const back = (settle: () => void): void => {
      network.send(member.host, host, () =>
        process.run(() => {
          clearTimeout(timer);
          settle();
        }),
      );
    };
    network.send(host, member.host, () =>
      member.receive(method, request, {
        author: process.name,
        answer: (message) => back(() => resolve(message)),
        fail: (failure) => back(() => reject(failure)),
      }),
    );
  });
}

function watchStream(
  { agenda, network, host, process }: EtcdClientSide,
  member: EtcdMember,
  { prefix, from }: ReturnType<typeof readWatchRequest>,
  on: WatchStreamHandlers,
): WatchStream {
  let isOver = false;
  let closeAtMember = (): void => {};
  /** The member's side is gone, though the word of it may have got lost. */
  let isHalfOpen = false;
  let dying: Cancel | undefined;
  const outgoing: (() => void)[] = [];
  let isOnItsWay = false;

  const close = (): void => {
    isOver = true;
    dying?.();
    stopListening();
    closeAtMember();
  };
  const end = (failure: Error): void => {
    if (isOver) return;
    close();
    on.onEnd(failure);
  };
  /** One after the other, as TCP delivers them. */
  const pump = (): void => {
    const next = outgoing[0];
    if (isOnItsWay || next === undefined || isOver) return;
    isOnItsWay = true;
    network.send(member.host, host, () => {
      isOnItsWay = false;
      outgoing.shift();
      process.run(next);
      pump();
    });
  };
  const deliver = (act: () => void): void => {
    outgoing.push(act);
    pump();
  };
  const isCut = (): boolean => !network.reaches(host, member.host) || !network.reaches(member.host, host);
  const die = (afterMs: number, why: string): Cancel =>
    agenda.after(afterMs, () =>
      process.run(() => end(etcdFailure('timeout.etcd', member.endpoint, 'watch', `read ${why}`))),
    );
  const stopListening = network.onChange(() => {
    if (isCut()) dying ??= die(deadAfterMs, 'ETIMEDOUT');
    else {
      dying?.();
      dying = isHalfOpen ? die(firstAskedMs, 'ECONNRESET') : undefined;
    }
  });
  network.send(host, member.host, () => {
    if (isOver) return;
    closeAtMember = member.watch(prefix, from, {
      send: (message) => deliver(() => !isOver && on.onMessage(message)),
      end(failure) {
        isHalfOpen = true;
        deliver(() => end(failure));
      },
    });
  });
  return { cancel: () => !isOver && close() };
}
