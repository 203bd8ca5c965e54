// Walls between the rooms of the house, and no import in a circle; imports of types count. `npm run lint` and test/tidy run it.
// Circles that are still there are in known-circles.json, which may only become shorter.

/** The door to etcd: open to every room but `errors`, and itself in need of none. */
const etcd = 'platform/etcd';

/** Which rooms a room may import from; `errors` is open to all. */
const mayImport = {
  cli: ['cli', 'scenarios', 'provision', etcd],
  scenarios: ['scenarios', 'provision', 'platform/fleet/client', etcd],
  provision: ['provision', etcd],
  platform: ['platform'],
  // Apps import nothing of each other.
  'apps/([^/]+)': ['apps/$1', etcd],
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

const machines = 'provision/machines';
/** Of this checkout, not of node_modules or Node itself. */
const ours = '^(apps|cli|errors|platform|provision|scenarios|test|units)/|^[^/]+[.](ts|mjs|js|json|toml)$';
const under = (folder) => `^${folder}/`;

export default {
  forbidden: [
    ...Object.entries(mayImport).map(([room, open]) => ({
      name: `wall-of-${room.split('/')[0]}`,
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
    {
      name: 'wall-of-etcd',
      comment: 'what every room may use needs none of them',
      severity: 'error',
      from: { path: under(etcd) },
      to: { path: ours, pathNot: [etcd, 'errors'].map(under) },
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
