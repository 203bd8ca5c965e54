import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Copies what the `couchbase` SDK needs at run time into `<appDist>/node_modules`, for an image that has Node and nothing else:
 * its compiled JavaScript, the loader of its native module, the prebuilt module of this platform (glibc), and the three small
 * packages they require. Left out: 75 MB of C++ sources, headers, type declarations, source maps, specs and build tools.
 *
 * @param {{ appDist: string, arch?: string }} options appDist: folder of the bundle; arch: as process.arch says it
 * @returns {{ files: number, bytes: number }} what was copied
 * @throws {Error} when a package is not installed; the message names it
 */
export function stageCouchbaseSdk({ appDist, arch = process.arch }) {
  const modules = join(appDist, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  const couchbase = packageFolder('couchbase', here);
  const histogram = packageFolder('hdr-histogram-js', couchbase);
  const binary = `@couchbase/couchbase-linux-${arch}-napi`;
  const packages = [
    ['couchbase', couchbase, (path) => /^(dist|scripts)$|^dist\/[^/]+\.js$|^scripts\/prebuilds\.js$/.test(path)],
    [binary, packageFolder(binary, couchbase), (path) => /\.(node|js)$/.test(path)],
    ['detect-libc', packageFolder('detect-libc', couchbase), (path) => /^lib(\/[^/]+\.js)?$/.test(path)],
    // Its index loads nearly every module of dist, so only specs and benchmarks can stay behind.
    [
      'hdr-histogram-js',
      histogram,
      (path) => /^dist(\/|$)/.test(path) && /(^|\/)[^.]+$|\.js$/.test(path) && !/\.spec\.js$|\/bench(\/|$)/.test(path),
    ],
    ...['@assemblyscript/loader', 'base64-js', 'pako'].map((name) => [
      name,
      packageFolder(name, histogram),
      (path) => /^(lib|umd)$|\.js$|^lib\/[^.]+$/.test(path),
    ]),
  ];
  for (const [name, from, wanted] of packages) {
    cpSync(from, join(modules, name), {
      recursive: true,
      dereference: true,
      filter: (source) => {
        const path = relative(from, source);
        return path === '' || isNotice(path) || (!path.includes('node_modules') && wanted(path));
      },
    });
  }
  return sizeOf(modules);
}

const here = dirname(fileURLToPath(import.meta.url));

// A package without its licence must not be passed on.
function isNotice(path) {
  return /^(package\.json|licen[cs]e(\.\w+)?|notice(\.\w+)?)$/i.test(path);
}

/** Folder of an installed package as seen from `from`: nested before hoisted, as Node looks for it. */
function packageFolder(name, from) {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) throw new Error(`the package ${name} is not installed; run npm ci`);
  }
}

function sizeOf(folder) {
  const total = { files: 0, bytes: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    total.files += 1;
    total.bytes += statSync(join(entry.parentPath ?? entry.path, entry.name)).size;
  }
  return total;
}
