// Walls between the rooms of the house, and no import in a circle; imports of types count. `npm run lint` and test/tidy run it.

/** The door to etcd: open to every room but `errors`, and itself in need of none. */
const etcd = 'platform/etcd';

/** Which rooms a room may import from; `errors` is open to all. */
const mayImport = {
  cli: ['cli', 'site', 'dashboard', 'guide', 'scenarios', 'provision', etcd, 'simulation/recorded'],
  dashboard: ['dashboard', 'guide', 'scenarios', 'provision', 'platform/fleet/client', etcd],
  site: ['site', 'guide/form', 'provision'],
  guide: ['guide', 'scenarios', 'provision', 'platform/fleet/client', etcd],
  scenarios: ['scenarios', 'provision', 'platform/fleet/client', etcd],
  provision: ['provision', etcd],
  platform: ['platform'],
  // Apps import nothing of each other.
  'apps/([^/]+)': ['apps/$1', etcd],
  // Its random numbers are those of chaos plans.
  'simulation(?!/recorded)': ['simulation(?!/recorded)', 'platform', 'scenarios/chaos/seeded-random.ts'],
  // What is recorded on machines is judged by the simulation's checkers.
  'simulation/recorded': [
    'simulation',
    'platform',
    'scenarios/harness',
    'scenarios/chaos/seeded-random.ts',
    'provision',
  ],
  errors: [],
};

/** Which rooms of provision/machines a room there may import from; the files beside the rooms are open to all but `cgroup`. */
const mayImportOfMachines = {
  ground: ['cgroup'],
  nspawn: ['cgroup', 'ground'],
  vagrant: ['ground'],
  choice: ['ground', 'nspawn', 'vagrant'],
  supervisor: ['cgroup', 'ground', 'nspawn', 'vagrant'],
};

/** Which rooms of provision/cluster a room there may import from; none knows the files beside the rooms, which put them together. */
const mayImportOfCluster = {
  parts: [],
  conditions: ['parts'],
  members: ['parts', 'conditions'],
  'in-force': ['members'],
  ignition: ['parts', 'members'],
  labs: ['parts', 'in-force'],
  up: ['parts', 'conditions', 'members', 'in-force', 'ignition', 'labs'],
  snapshots: ['parts', 'in-force', 'up'],
  preview: ['in-force', 'labs', 'up'],
  profile: ['parts'],
};

const fleet = 'platform/fleet';
/** Which rooms of fleet a room there may import from; none knows the two programs beside the rooms. */
const mayImportOfFleet = {
  unit: [],
  parts: ['unit'],
  registry: ['parts', 'unit'],
  engine: ['parts', 'registry', 'unit'],
  client: ['parts', 'registry', 'unit'],
  agent: ['engine', 'parts', 'registry', 'unit'],
  api: ['agent', 'client', 'engine', 'parts', 'registry', 'unit'],
  daemon: ['agent', 'api', 'client', 'engine', 'parts', 'registry', 'unit'],
  fleetctl: ['client', 'daemon', 'engine', 'parts', 'registry', 'unit'],
};

const page = 'dashboard/page';
/** Which folders of the dashboard's page a folder there may import from; none knows the panels beside them. */
const mayImportOfPage = { parts: [], figure: ['parts'], time: ['parts'] };

const scenarios = 'scenarios';
const harness = `${scenarios}/harness`;
/** Which folders of the harness a folder there may import from: so they go in no circle. Every file lies in one of them. */
const mayImportOfHarness = {
  record: [],
  faults: ['record'],
  watch: ['record'],
  context: ['record', 'watch'],
  prediction: ['record', 'context'],
  probes: ['record', 'context', 'prediction'],
  invariants: ['record', 'context'],
  report: ['record'],
  run: ['record', 'faults', 'watch', 'context', 'prediction', 'probes', 'invariants', 'report'],
};
/** What a scenario may import of the harness; scenarios/harness/README.md lists it as well. */
const openToScenarios = [
  ...['record/', 'prediction/', 'probes/probe-timers.ts'],
  ...['lab-under-test.ts', 'parameters.ts', 'ports.ts', 'couchbase-access.ts'].map((file) => `context/${file}`),
];
const openToCli = [
  ...['run/', 'report/', 'record/', 'faults/scenario-lock.ts', 'faults/undo-abandoned.ts'],
  ...['watch/cluster-watch.ts', 'watch/lease-watch.ts'],
  ...['parameters.ts', 'ports.ts', 'fleetctl-environment.ts'].map((file) => `context/${file}`),
];
/** A guide looks at the lab and judges it; what breaks one is typed by its reader. */
const openToGuide = [
  ...['couchbase-access.ts', 'ports.ts'].map((file) => `context/${file}`),
  ...['prediction/stated-timers.ts', 'watch/lab-fleet.ts'],
];
/** It looks at the lab, and breaks it, as the harness does; its pictures of a moment are made of what a run records. */
const openToDashboard = [
  ...['record/', 'report/', 'watch/', 'faults/', 'prediction/'],
  ...['engine-leader.ts', 'etcd-machines.ts', 'etcd-under-test.ts', 'ports.ts'].map((file) => `context/${file}`),
];
const ofHarness = (path) => `^${harness}/${path.replaceAll('.', '[.]')}`;

const machines = 'provision/machines';
const cluster = 'provision/cluster';
/** Of this checkout, not of node_modules or Node itself. */
const ours =
  '^(apps|cli|dashboard|errors|guide|platform|provision|scenarios|simulation|site|test|units)/|^[^/]+[.](ts|mjs|js|json|toml)$';
const under = (folder) => `^${folder}(/|$)`;

export default {
  forbidden: [
    ...Object.entries(mayImport).map(([room, open]) => ({
      name: `wall-of-${room.split(/\W/)[0]}`,
      comment: `docs/architecture.md says who may import whom`,
      severity: 'error',
      from: { path: under(room) },
      to: { path: ours, pathNot: [...open, 'errors'].map(under) },
    })),
    ...Object.entries(mayImportOfMachines).map(([room, open]) => ({
      name: `wall-of-machines-${room}`,
      comment: 'neither provider knows the other, and what both stand on knows neither',
      severity: 'error',
      from: { path: under(`${machines}/${room}`) },
      to: { path: `^${machines}/[^/]+/`, pathNot: [room, ...open].map((one) => under(`${machines}/${one}`)) },
    })),
    ...Object.entries(mayImportOfCluster).map(([room, open]) => ({
      name: `wall-of-cluster-${room}`,
      comment: 'the rooms of a lab go in no circle, and none knows the whole lab',
      severity: 'error',
      from: { path: under(`${cluster}/${room}`) },
      to: { path: under(cluster), pathNot: [room, ...open].map((one) => under(`${cluster}/${one}`)) },
    })),
    ...[
      ...Object.entries(mayImportOfFleet).map(([room, open]) => ['fleet', fleet, room, open]),
      ...Object.entries(mayImportOfPage).map(([room, open]) => ['page', page, room, open]),
    ].map(([name, folder, room, open]) => ({
      name: `wall-of-${name}-${room}`,
      comment: 'the rooms go in no circle, and none knows the files beside them, which put them together',
      severity: 'error',
      from: { path: under(`${folder}/${room}`) },
      to: { path: under(folder), pathNot: [room, ...open].map((one) => under(`${folder}/${one}`)) },
    })),
    {
      name: 'wall-of-fleetctl-within',
      comment: 'what commands share knows none of them',
      severity: 'error',
      from: { path: `^${fleet}/fleetctl/[^/]+$` },
      to: { path: under(`${fleet}/fleetctl/commands`) },
    },
    {
      name: 'wall-of-scenario',
      comment: 'a scenario, and the stack, use the door, the stack, themselves and what the harness has open',
      severity: 'error',
      from: { path: `^${scenarios}/([^/]+)/`, pathNot: [harness, `${scenarios}/bench`].map(under) },
      to: {
        path: under(scenarios),
        pathNot: [
          ...[`^${scenarios}/scenario[.]ts$`, `^${scenarios}/$1/`, under(`${scenarios}/stack`)],
          ...openToScenarios.map(ofHarness),
        ],
      },
    },
    {
      name: 'wall-of-scenarios-bench',
      comment: 'it measures the probes themselves',
      severity: 'error',
      from: { path: under(`${scenarios}/bench`) },
      to: {
        path: under(scenarios),
        pathNot: [
          ...[`^${scenarios}/scenario[.]ts$`, under(`${scenarios}/bench`), under(`${scenarios}/stack`)],
          ...[...openToScenarios, 'probes/'].map(ofHarness),
        ],
      },
    },
    {
      name: 'wall-of-cli-to-harness',
      comment: 'the rest is between the harness and its scenarios',
      severity: 'error',
      from: { path: under('cli') },
      to: { path: under(harness), pathNot: openToCli.map(ofHarness) },
    },
    {
      name: 'wall-of-dashboard-to-harness',
      comment: 'it runs scenarios as a person does, by their command',
      severity: 'error',
      from: { path: under('dashboard') },
      to: { path: under(harness), pathNot: openToDashboard.map(ofHarness) },
    },
    {
      name: 'wall-of-dashboard-moment',
      comment: 'a moment is a value: what makes it asks no lab, and runs in a browser',
      severity: 'error',
      from: { path: '^dashboard/moment/' },
      to: { path: '^dashboard/', pathNot: '^dashboard/moment/' },
    },
    {
      name: 'wall-of-dashboard-page',
      comment:
        'what runs in a browser takes from the server its words, how times are told, and nothing that asks a lab',
      severity: 'error',
      from: { path: '^dashboard/page/' },
      to: {
        path: ours,
        pathNot: ['^dashboard/(page|moment)/', '^dashboard/server/protocol[.]ts$', '^errors/seconds[.]ts$'],
      },
    },
    {
      name: 'wall-of-guide-to-scenarios',
      comment: 'a guide looks at the lab for itself; it shares what the units state',
      severity: 'error',
      from: { path: under('guide') },
      to: { path: under(scenarios), pathNot: openToGuide.map(ofHarness) },
    },
    {
      name: 'wall-of-guide-conditions',
      comment: 'what is judged is a value: no condition asks the lab',
      severity: 'error',
      from: { path: '^guide/(form|conditions)/' },
      to: { path: '^guide/', pathNot: '^guide/(form|conditions)/' },
    },
    {
      name: 'wall-of-harness',
      comment: 'it knows no scenario, and has no file beside its folders',
      severity: 'error',
      from: { path: under(harness) },
      to: { path: under(scenarios), pathNot: `^${harness}/[^/]+/` },
    },
    ...Object.entries(mayImportOfHarness).map(([folder, open]) => ({
      name: `wall-of-harness-${folder}`,
      comment: 'the folders of the harness go in no circle',
      severity: 'error',
      from: { path: under(`${harness}/${folder}`) },
      to: { path: under(harness), pathNot: [folder, ...open].map((one) => under(`${harness}/${one}`)) },
    })),
    {
      name: 'wall-of-harness-within',
      comment: 'a folder within another serves it, and imports nothing that lies in it',
      severity: 'error',
      from: { path: `^(${harness}/.+)/[^/]+/[^/]+$` },
      to: { path: '^$1/[^/]+$' },
    },
    {
      name: 'wall-of-harness-loose',
      comment: 'a file of the harness lies in one of the folders above',
      severity: 'error',
      from: { path: ours },
      to: {
        path: under(harness),
        pathNot: Object.keys(mayImportOfHarness).map((folder) => under(`${harness}/${folder}`)),
      },
    },
    {
      name: 'wall-of-etcd',
      comment: 'what every room may use needs none of them',
      severity: 'error',
      from: { path: under(etcd) },
      to: { path: ours, pathNot: [etcd, 'errors'].map(under) },
    },
    {
      name: 'wall-of-etcd-within',
      comment: 'the folders of the door stand on the files beside them, which know none of them',
      severity: 'error',
      from: { path: `^${etcd}/[^/]+$` },
      to: { path: `^${etcd}/[^/]+/` },
    },
    {
      name: 'wall-of-etcd-folders',
      comment: 'nor do they know each other; the v2 API asks by gRPC',
      severity: 'error',
      from: { path: `^${etcd}/(keys|memory|grpc)/` },
      to: { path: `^${etcd}/[^/]+/`, pathNot: `^${etcd}/$1/` },
    },
    {
      name: 'wall-of-machines-cgroup',
      comment: 'what all stand on knows no machines',
      severity: 'error',
      from: { path: under(`${machines}/cgroup`) },
      to: {
        path: ours,
        pathNot: ['^errors/', '^provision/host/', `^${machines}/wait-until\\.ts$`, under(`${machines}/cgroup`)],
      },
    },
    {
      name: 'wall-of-machines-beside',
      comment: 'the files beside the rooms are what the rooms share: they know none of them',
      severity: 'error',
      from: { path: `^${machines}/[^/]+$` },
      to: { path: `^${machines}/[^/]+/` },
    },
    {
      name: 'no-circle',
      comment: 'of two files that need each other, one holds a thought that belongs into a third',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
