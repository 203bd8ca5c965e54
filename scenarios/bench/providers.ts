import type { Lab } from '#provision/cluster/lab.ts';
import { prepareGround } from '#provision/cluster/up/prepare-ground.ts';
import { findSupervisor } from '#provision/machines/ground/supervisor-process.ts';
import { memoryBelow } from './memory-below.ts';

/** What a person waits for with one provider, ms; and what it takes of the host. */
export interface ProviderFigures {
  /** From no machines to a ready cluster; packages, images and services are there. */
  readonly upMs: number;
  readonly haltOneMs: number;
  /** Of the halted machine, until the cluster is whole again. */
  readonly upOneMs: number;
  /** Of the whole lab. */
  readonly destroyMs: number;
  /** Memory of the host that the ready cluster takes, services of the lab with it, by machine, bytes. */
  readonly memoryPerMachineBytes: number;
}

/** Takes a lab that may be in any state through its days: up, one machine halted and brought back, destroyed. */
export async function providerFigures(lab: Lab): Promise<ProviderFigures> {
  await lab.destroy();
  await prepareGround(lab.parts, { on: () => undefined });
  const upMs = await took(() => lab.up());
  const init = findSupervisor(lab.paths)?.init;
  const { machines } = lab.config;
  const memory = init === undefined ? NaN : await memoryBelow(init);
  const middle = machines.slice(1, 2).map(({ name }) => name);
  const haltOneMs = await took(() => lab.halt(middle));
  const upOneMs = await took(() => lab.up(middle));
  const destroyMs = await took(() => lab.destroy());
  return { upMs, haltOneMs, upOneMs, destroyMs, memoryPerMachineBytes: memory / machines.length };
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
