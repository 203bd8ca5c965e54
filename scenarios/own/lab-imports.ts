import { pathToFileURL } from 'node:url';
import type { Plugin, PluginBuild } from 'esbuild';
import * as api from './api.ts';

const key = 'coreos-lab/scenario';
const shared = Symbol.for(key);

/**
 * Resolves what a scenario file imports. The lab's own module is the one this process already runs, not a second copy:
 * an error thrown by a copy's code would be no `LabError` to the command. Installed packages are left to Node, so that
 * native and CommonJS ones work; the reader's own files are compiled in.
 */
export const labImports: Plugin = {
  name: 'lab-imports',
  setup(build) {
    (globalThis as Record<symbol, unknown>)[shared] = api;
    build.onResolve({ filter: /^coreos-lab\// }, ({ path }) =>
      path === key
        ? { path, namespace: key }
        : { errors: [{ text: `there is no ${path}; a scenario imports from '${key}'` }] },
    );
    build.onLoad({ filter: /.*/, namespace: key }, () => ({ contents: moduleText(), loader: 'js' }));
    build.onResolve({ filter: /^[^./]/ }, (args) => resolvePackage(build, args));
  },
};

function moduleText(): string {
  const names = Object.keys(api).join(', ');
  return `export const { ${names} } = globalThis[Symbol.for(${JSON.stringify(key)})];`;
}

const resolving = Symbol('resolving');

async function resolvePackage(build: PluginBuild, args: Parameters<Parameters<PluginBuild['onResolve']>[1]>[0]) {
  // The question this function asks comes back to it.
  if (args.pluginData === resolving || args.kind === 'entry-point') return undefined;
  const found = await build.resolve(args.path, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: resolving,
  });
  const runsInNode = /\.(js|mjs|cjs|node)$/.test(found.path);
  if (found.errors.length > 0 || found.external || !runsInNode || !found.path.includes('/node_modules/')) return found;
  return { path: pathToFileURL(found.path).href, external: true };
}
