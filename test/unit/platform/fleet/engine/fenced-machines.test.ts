import { expect, test } from 'vitest';
import { fenceWaitMs } from '#platform/fleet/daemon/fence.ts';
import { fencedMachines } from '#platform/fleet/engine/fenced-machines.ts';
import type { FleetView } from '#platform/fleet/registry/view.ts';

const viewAfter = (left: readonly string[], ...present: string[]): FleetView => ({
  units: ['m1', 'm2'].map((target) => ({ name: `${target}.service`, target }) as FleetView['units'][number]),
  machines: present.map((id) => ({ id, name: id, ip: '', metadata: {} })),
  overlays: new Map(),
  unreadableMachines: [],
  leftMachines: left,
  states: [],
});
const view = (...present: string[]): FleetView => viewAfter([], ...present);

test('a machine that has gone is waited for, from when it is first missed', () => {
  const fenced = fencedMachines(7_500);
  expect(fenced.at(0, view('m1', 'm2'))).toEqual({ ids: [], nextMs: Infinity });
  expect(fenced.at(1_000, view('m1'))).toEqual({ ids: ['m2'], nextMs: 7_500 });
  expect(fenced.at(2_000, view())).toEqual({ ids: ['m1', 'm2'], nextMs: 6_500 });
  expect(fenced.at(8_500, view())).toEqual({ ids: ['m1'], nextMs: 1_000 });
  // One that comes back and goes again begins anew.
  expect(fenced.at(9_000, view('m1', 'm2'))).toEqual({ ids: [], nextMs: Infinity });
  expect(fenced.at(9_500, view('m2'))).toEqual({ ids: ['m1'], nextMs: 7_500 });
});

test('a machine that has said that nothing runs there is not waited for', () => {
  const fenced = fencedMachines(7_500);
  expect(fenced.at(1_000, viewAfter(['m2'], 'm1'))).toEqual({ ids: [], nextMs: Infinity });
  // Its word is gone after a while: by then others run what it ran, or an engine is new and knows no better.
  expect(fenced.at(61_000, view('m1'))).toEqual({ ids: ['m2'], nextMs: 7_500 });
});

test("without a fence nobody is waited for; with the lab's TTL it is 7.5 s", () => {
  expect(fencedMachines(0).at(5, view()).ids).toEqual([]);
  expect(fenceWaitMs(5)).toBe(7_500);
});
