import { posix } from 'node:path';
import { checkResource } from './check-resource.ts';
import type { Problem } from './problem.ts';
import type { Node, Storage } from './types.ts';

type Path = readonly (string | number)[];
interface Placed {
  readonly node: Node & { readonly mode?: number; readonly target?: string; readonly hard?: boolean };
  readonly path: Path;
  readonly kind: 'directories' | 'files' | 'links';
}

/** Problems of files, directories and links: each by itself, then all together. */
export function checkNodes(storage: Storage = {}): readonly Problem[] {
  const kinds = ['directories', 'files', 'links'] as const;
  const placed = kinds.flatMap((kind) =>
    (storage[kind] ?? []).map((node, i): Placed => ({ node, kind, path: ['storage', kind, i] })),
  );
  return [
    ...placed.flatMap((one) => [...checkPath(one), ...checkMode(one), ...checkOwners(one)]),
    ...checkFiles(storage.files ?? []),
    ...checkTogether(placed),
  ];
}

function checkPath({ node, kind, path }: Placed): readonly Problem[] {
  const bad = (message: string, next: string): Problem[] => [
    { code: 'ignition.path', path: [...path, 'path'], message, next },
  ];
  const given = node.path;
  if (given === '') return bad('path is missing', 'Give an absolute path.');
  if (!given.startsWith('/')) return bad(`path ${given} is not absolute`, `Write /${given}.`);
  if (given.includes('\0')) return bad('path holds a NUL character', 'Remove it.');
  const clean = posix.normalize(given).replace(/(.)\/$/, '$1');
  if (clean !== given) return bad(`path ${given} is not simplified`, `Write ${clean}.`);
  if (given === '/' && kind !== 'directories') return bad('path / is a directory', 'Give the path of a file.');
  return [];
}

/** Decimal numbers whose digits read like a mode but are other, odd modes: 400 is 0620. 644 and the like exceed 0777. */
const misread = new Set([400, 440, 444, 500]);

function checkMode({ node, path }: Placed): readonly Problem[] {
  const { mode } = node;
  if (mode === undefined || (mode <= 0o777 && !misread.has(mode))) return [];
  const octal = mode.toString(8).padStart(4, '0');
  const meant = /^[0-7]{3}$/.test(String(mode)) ? parseInt(String(mode), 8) : undefined;
  const message =
    meant === undefined
      ? `mode ${mode} is octal ${octal}: setuid, setgid and sticky bits are not in spec 3.3.0, Ignition would drop them`
      : `mode ${mode} is octal ${octal}, which was hardly meant`;
  const next =
    meant === undefined
      ? 'Use a mode up to 0o777, and a unit that calls chmod for more.'
      : `Write 0o${meant.toString(8)} in TypeScript, ${meant} in JSON.`;
  return [{ code: 'ignition.mode', path: [...path, 'mode'], message, next }];
}

function checkOwners({ node, path }: Placed): readonly Problem[] {
  return (['user', 'group'] as const).flatMap((key): Problem[] => {
    const owner = node[key];
    if (!owner || owner.id === undefined || owner.name === undefined) return [];
    const message = `${key} has both id and name`;
    return [{ code: 'ignition.owner', path: [...path, key], message, next: 'Keep one of id and name.' }];
  });
}

function checkFiles(files: NonNullable<Storage['files']>): readonly Problem[] {
  return files.flatMap((file, i) => {
    const path: Path = ['storage', 'files', i];
    const overwritesNothing: Problem[] =
      file.overwrite === true && file.contents?.source === undefined
        ? [
            {
              code: 'ignition.overwrite',
              path: [...path, 'overwrite'],
              message: 'overwrite is true but there is no contents.source to write',
              next: 'Give contents.source, or leave overwrite out.',
            },
          ]
        : [];
    return [
      ...overwritesNothing,
      ...(file.contents ? checkResource(file.contents, [...path, 'contents'], 'optional') : []),
      ...(file.append ?? []).flatMap((resource, at) => checkResource(resource, [...path, 'append', at], 'required')),
    ];
  });
}

function checkTogether(placed: readonly Placed[]): readonly Problem[] {
  const first = new Map<string, Placed>();
  const problems: Problem[] = [];
  for (const one of placed) {
    const earlier = first.get(one.node.path);
    if (earlier) {
      const message = `path ${one.node.path} stands twice, first at ${['$', ...earlier.path].join('.')}`;
      problems.push({ code: 'ignition.duplicate', path: [...one.path, 'path'], message, next: 'Keep one of them.' });
    } else first.set(one.node.path, one);
  }
  for (const one of placed) {
    const above = ancestors(one.node.path).map((path) => first.get(path));
    const blocking = above.find((found) => found !== undefined && found.kind !== 'directories');
    if (blocking) {
      const message = `path ${one.node.path} lies below ${blocking.node.path}, a ${blocking.kind.slice(0, -1)} of this config`;
      const next = 'Give another path.';
      problems.push({ code: 'ignition.path', path: [...one.path, 'path'], message, next, other: blocking.path });
    }
    if (one.node.hard === true && first.get(one.node.target ?? '')?.kind === 'directories') {
      const message = `hard link to the directory ${one.node.target}`;
      problems.push({ code: 'ignition.path', path: [...one.path, 'target'], message, next: 'Leave hard out.' });
    }
  }
  return problems;
}

/** `/a/b/c` -> `/a/b`, `/a` */
function ancestors(path: string): string[] {
  const above = posix.dirname(path);
  return above === path || above === '/' || above === '.' ? [] : [above, ...ancestors(above)];
}
