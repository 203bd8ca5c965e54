// Builds everything that runs: the CLI and its supervisor (ESM, with the dependencies that every command loads), one self-contained
// CommonJS file for each daemon and tool of a machine, and the apps' bundles and pages for their container images.
import { build } from 'esbuild';
import { build as buildPage } from 'vite';
import { stageCouchbaseSdk } from './apps/stage-couchbase-sdk.mjs';

import { readFileSync } from 'node:fs';
import { copyFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Whoever starts the build: a test runner's own NODE_ENV would put React's development build, twice the size, into the page.
process.env.NODE_ENV = 'production';
const began = new Date();
const root = import.meta.dirname;
const at = (...path) => join(root, ...path);
const bundle = { bundle: true, platform: 'node', target: 'node20', absWorkingDir: root, logLevel: 'warning' };
// The workspace package is source, not something installed.
const alias = { 'ignition-ts': './provision/ignition-ts/src/index.ts' };
// Of zod only what is used: its own files, a hundred with every language's messages, take longer to load than the lab's.
const oneLanguage = {
  name: 'messages of zod in English only',
  setup({ onLoad }) {
    onLoad({ filter: /zod.v4.locales.[^/]+[.]js$/ }, ({ path }) =>
      /(en|index)[.]js$/.test(path) ? undefined : { contents: 'export default undefined;' },
    );
  },
};
// What is imported when it is first needed has a file of its own: in the program's it would be read, and kept, with the rest of it.
const acornBeside = {
  name: 'acorn in a file beside the program',
  setup({ onResolve }) {
    onResolve({ filter: /^acorn$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './acorn.cjs', external: true } : undefined,
    );
  },
};
const commonJs = { format: 'cjs', outExtension: { '.js': '.cjs' } };
const selfContained = {
  ...bundle,
  ...commonJs,
  external: ['couchbase'],
  minify: true,
  keepNames: true,
  plugins: [oneLanguage, acornBeside],
};

// What every command of the CLI loads: as its own 180 files it took longer to find and read than all of the lab's. The rest stays in node_modules.
const inCli = ['@iarna/toml', 'commander', 'execa', 'picocolors', 'fast-wrap-ansi', 'zod'];
const { dependencies, devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const besideCli = [
  'couchbase',
  ...Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !inCli.includes(name)),
];
/** zod's messages in forty languages, which nothing asks for. */
const withoutLocales = {
  name: 'without-locales',
  setup: ({ onLoad }) => onLoad({ filter: /[/]zod[/]v4[/]locales[/]index[.]js$/ }, () => ({ contents: 'export {};' })),
};

const forHost = {
  ...bundle,
  alias,
  external: besideCli,
  plugins: [withoutLocales],
  outdir: 'dist/cli',
};

const onHost = {
  bench: 'cli/bench/main.ts',
  judge: 'cli/judge.ts',
  supervisor: 'provision/machines/supervisor/main.ts',
  'page-picture': 'scenarios/harness/context/picture/main.ts',
  probes: 'scenarios/harness/probes/main.ts',
  'first-use': 'scenarios/bootstrap/first-use/main.ts',
};
/** The command line is one file, of which `main` has V8 keep what it compiled; such code cannot import, so `import-file` does that. */
const beforeCommandLine = { main: 'cli/start/main.ts', 'import-file': 'scenarios/own/import-file.ts' };
const importsOutside = {
  name: 'import() of a file stays outside',
  setup({ onResolve }) {
    onResolve({ filter: /[/]import-file[.]ts$/ }, () => ({ path: './import-file.cjs', external: true }));
  },
};
const onMachine = {
  fleetd: 'platform/fleet/fleetd.ts',
  fleetctl: 'platform/fleet/fleetctl.ts',
  flanneld: 'platform/flannel/flanneld.ts',
  etcdctl: 'platform/etcdctl/main.ts',
  announce: 'platform/announce/main.ts',
  'etcd-v2': 'platform/etcd/v2/main.ts',
  'etcdctl-resident': 'platform/etcdctl/resident-main.ts',
};
const inApps = {
  'apps/couchbase/dist/server': 'apps/couchbase/src/server/main.ts',
  'apps/couchbase/dist/acorn': 'node_modules/acorn/dist/acorn.mjs',
  'apps/couchbase/dist/views': 'apps/couchbase/src/views/indexer/main.ts',
  'apps/couchbase/dist/couchbase-cli': 'apps/couchbase/src/cli/main.ts',
  'apps/meetup/dist/meetup': 'apps/meetup/src/main.ts',
  'apps/worker/dist/worker': 'apps/worker/src/main.ts',
  'apps/web/dist/web': 'apps/web/src/main.ts',
};

await Promise.all([
  rm(at('dist/cli'), { recursive: true, force: true }).then(() =>
    Promise.all([
      build({
        ...forHost,
        format: 'esm',
        splitting: true,
        // CommonJS modules among them load Node's own by it.
        banner: {
          js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
        },
        entryPoints: onHost,
      }),
      build({ ...forHost, ...commonJs, entryPoints: beforeCommandLine }),
      build({
        ...forHost,
        ...commonJs,
        // Names stay as they are: a stack shows them, and a class is told by its own.
        minifySyntax: true,
        minifyWhitespace: true,
        supported: { 'dynamic-import': false },
        define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'import_meta_url' },
        banner: { js: "const import_meta_url = require('node:url').pathToFileURL(__filename).href;" },
        plugins: [...forHost.plugins, importsOutside],
        entryPoints: { lab: 'cli/main.ts' },
      }),
    ]),
  ),
  build({ ...selfContained, entryPoints: onMachine, outdir: 'dist/machine/bin' }),
  build({ ...selfContained, entryPoints: inApps, outdir: '.' }),
  build({
    ...bundle,
    format: 'esm',
    external: besideCli,
    entryPoints: { write: 'site/write/main.ts' },
    outdir: 'dist/site',
  }),
  build({
    ...bundle,
    platform: 'browser',
    target: 'es2022',
    minify: true,
    entryPoints: { search: 'site/page/search.ts' },
    outdir: 'dist/site',
  }),
  ...['apps/web', 'apps/couchbase', 'dashboard'].map((page) =>
    buildPage({ configFile: at(page, 'vite.config.ts'), logLevel: 'warn' }),
  ),
]);

// The SDK's native module cannot be bundled; its run-time files go beside the bundles.
for (const app of ['worker', 'web']) stageCouchbaseSdk({ appDist: at('apps', app, 'dist') });

// etcd3 reads its protocol files at run time, from ../proto beside the bundle.
const protoFiles = ['rpc.proto', 'kv.proto', 'auth.proto'];
const protoTargets = ['dist/machine/proto', 'apps/worker/proto', 'apps/web/proto'];
for (const target of protoTargets) {
  await mkdir(at(target), { recursive: true });
  for (const file of protoFiles) await copyFile(at('node_modules/etcd3/proto', file), at(target, file));
}
// The stamp says when the build began: a source saved meanwhile counts as newer.
await writeFile(at('dist/.built'), '');
await utimes(at('dist/.built'), began, began);
