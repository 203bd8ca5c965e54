import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** More kinds of call than the lab has commands; what comes after them is compiled as it always was. */
const mostCaches = 64;

/**
 * Runs a bundle in CommonJS as `node FILE` would, in this process, and spares V8 most of compiling it: what a call of this kind
 * compiled is kept for the next (`vm.Script`, "cachedData" in Node's documentation; V8 refuses what another version or other
 * flags made). Where nothing may be written, or what was kept does not do, it is compiled as usual; that is never an error.
 * @param file ASCII only, as esbuild writes it: it is read without decoding. It has `require`, not `import()`: Node 20 finds no callback
 *   for that in code that was kept, and warns of the one it could be given
 * @param folder of what is kept; made if it is not there
 * @param kind of call, since commands use different parts of one bundle: of [a-z0-9-] only
 */
export function runCached(file: string, folder: string, kind: string): void {
  const { source, cache } = read(file, folder, kind);
  const cachedData = readIfThere(cache);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected === true) {
    // At its end, when all that it needed is compiled.
    process.once('exit', (code) => code === 0 && keep(cache, script));
  }
  const module = { exports: {} };
  const run = script.runInThisContext() as (...scope: unknown[]) => void;
  run(module.exports, createRequire(file), module, file, dirname(file));
}

/** V8 holds a cache against the source's length only, so the cache's name says which build it is of. */
function read(file: string, folder: string, kind: string): { source: string; cache: string } {
  const open = openSync(file, 'r');
  try {
    const { size, mtimeNs } = fstatSync(open, { bigint: true });
    const name = `${basename(file, '.cjs')}-${size}-${mtimeNs}-${process.version}-${process.arch}-${kind}`;
    return { source: readFileSync(open, 'latin1'), cache: join(folder, name) };
  } finally {
    closeSync(open);
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Under its name it is whole: two calls may write it at once, and either may be killed. */
function keep(cache: string, script: Script): void {
  const folder = dirname(cache);
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length >= mostCaches) return;
    const unfinished = `${cache}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, cache);
  } catch {
    // A checkout that cannot be written, a full disk: the next call compiles again.
  }
}
