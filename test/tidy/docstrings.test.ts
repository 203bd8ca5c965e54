import { expect, it } from 'vitest';
import { readTracked, tracked } from '../support/tracked-files.ts';
import { interfacesOf, parseSource, undocumented, untoldCalls } from '../support/undocumented.ts';

const paths = tracked.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('test/'));
const sources = new Map(paths.map((path) => [path, parseSource(path, readTracked(path))]));

it('every function, and every method and accessor of a class, that a source offers to others says what it does', () => {
  expect(sources.size).toBeGreaterThan(500);
  const interfaces = interfacesOf([...sources.values()]);
  const silent = [...sources].flatMap(([path, source]) =>
    undocumented(source, interfaces).map((name) => `${path}: ${name}`),
  );
  expect(silent).toEqual([]);
});

/** Interfaces by which rooms and processes meet: who uses one reads nothing else. */
const doors = {
  'apps/couchbase/src/bucket/journal.ts': ['BucketJournal'],
  'platform/etcd/connection.ts': ['Connection', 'WatchStream', 'WatchStreamHandlers'],
  'platform/etcd/keys/fleet-keys.ts': ['FleetKeys'],
  'platform/etcd/memory/keyspace.ts': ['Keyspace'],
  'platform/etcd/one-member.ts': ['OneMember'],
  'platform/etcd/requester.ts': ['Requester'],
  'platform/etcd/store.ts': ['EtcdStore', 'Lease', 'Watch', 'WatchHandlers'],
  'platform/etcd/v2/member.ts': ['Member'],
  'platform/fleet/agent/endings.ts': ['Endings'],
  'platform/fleet/agent/hold.ts': ['Holds'],
  'platform/fleet/agent/publish.ts': ['Publisher'],
  'platform/fleet/agent/run-agent.ts': ['Agent', 'AgentGround'],
  'platform/fleet/client/fleet-client.ts': ['FleetClient'],
  'platform/fleet/daemon/fence.ts': ['Fence'],
  'platform/fleet/daemon/start-fleetd.ts': ['Fleetd'],
  'platform/fleet/engine/placed.ts': ['Placed'],
  'platform/fleet/engine/run-engine.ts': ['Engine'],
  'platform/fleet/registry/key-copy.ts': ['KeyCopy'],
  'platform/fleet/registry/mirror.ts': ['Mirror'],
  'platform/fleet/registry/registry.ts': ['Picture', 'Registry'],
  'platform/fleet/registry/view.ts': ['LiveView'],
  'platform/systemd/driver.ts': ['SystemdDriver'],
  'platform/systemd/unit-files.ts': ['UnitFiles'],
  'provision/host/host-probe.ts': ['HostProbe'],
  'provision/machines/ground/lab-paths.ts': ['LabPaths'],
  'provision/machines/machine-provider.ts': ['DiskCopies', 'MachineProvider'],
  'provision/machines/vagrant/hypervisor.ts': ['Hypervisor'],
  'scenarios/harness/context/lab-under-test.ts': [
    'EtcdUnderTest',
    'FleetUnderTest',
    'LabUnderTest',
    'MachineUnderTest',
    'PageUnderTest',
  ],
  'scenarios/harness/context/scenario.ts': ['ScenarioContext'],
  'scenarios/harness/record/event-log.ts': ['EventSink'],
  'scenarios/harness/record/fault-record.ts': ['FaultKit'],
  'simulation/world/run-world.ts': ['Stage'],
};

it.each(Object.entries(doors))('%s says what each call of a door does: %s', (path, names) => {
  const source = sources.get(path);
  expect(names.map((name) => source && untoldCalls(source, name))).toEqual(names.map(() => []));
});

it('finds the calls of an interface that it says nothing of', () => {
  const text =
    'export interface A { b(): void; readonly c: () => void; readonly d: string;\n/** Says it. */\ne(): void }';
  expect(untoldCalls(parseSource('a.ts', text), 'A')).toEqual(['b', 'c']);
  expect(untoldCalls(parseSource('a.ts', text), 'B')).toBeUndefined();
});

it.each([
  ['export function a() {}', ['a']],
  ['export default function () {}', ['default']],
  ['export async function* a() {}', ['a']],
  ['export const a = () => 1, b = 2, c = function () {};', ['a', 'c']],
  ['/** Says it. */\nexport const a = () => 1;', []],
  ['// Not this.\nexport function a() {}', ['a']],
  ['/** Says it. */\nexport function a(): void;\nexport function a(b?: string): void {}', []],
  ['function a() {}\nexport const b = 1;\nexport interface C { d(): void }', []],
  [
    'export class A { constructor() {} b() {} #c() {} private d() {} override e() {}\n/** Says it. */\nf() {} }',
    ['A.b'],
  ],
  ['export class A { get b() { return 1; } static c() {} readonly d = () => 1; e = 2; }', ['A.b', 'A.c', 'A.d']],
  ['export class A { get b() { return 1; } set b(c) {} }', ['A.b']],
  ['export class A {\n/** Says it. */\nget b() { return 1; }\nset b(c) {} }', []],
  ['class A { b() {} }', []],
  [
    'interface B {\n/** Says it. */\nb(): void; c(): void }\nexport class A implements B { b() {} c() {} d() {} }',
    ['A.c', 'A.d'],
  ],
  ['interface B {\n/** Says it. */\nb(): void }\ninterface C extends B {}\nexport class A implements C { b() {} }', []],
  ['import type { B } from "library";\nexport class A implements B { b() {} }', []],
])('finds in %j: %j', (text, found) => {
  const source = parseSource('a.ts', text);
  expect(undocumented(source, interfacesOf([source]))).toEqual(found);
});
