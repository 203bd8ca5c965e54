import { dataUrl } from './data-url.ts';
import type { Directory, File, Link, Owner, Resource } from './types.ts';

interface Common {
  /** Absolute and clean. */
  readonly path: string;
  /** Replace what is there; without it Ignition fails on anything that exists. */
  readonly overwrite?: boolean;
  /** Name or number of the owner; root by default. */
  readonly user?: string | number;
  readonly group?: string | number;
}

/** What stands in a file: text or bytes here, or something to fetch, whose SHA-512 (128 hex digits) must be known. */
export type FileSource =
  | { readonly contents: string | Uint8Array }
  | { readonly source: string; readonly sha512: string }
  | { readonly contents?: never; readonly source?: never };

/** A regular file; mode 0o644 by default. Without contents or source it is made empty unless it exists. */
export function file(options: Common & { readonly mode?: number } & FileSource): File {
  const contents = resource(options);
  return { ...common(options), mode: options.mode ?? 0o644, ...(contents ? { contents } : {}) };
}

/** A directory; mode 0o755 by default. Parents are made as needed. */
export function directory(options: Common & { readonly mode?: number }): Directory {
  return { ...common(options), mode: options.mode ?? 0o755 };
}

/** A symbolic link (or a hard one). A relative target starts at the link's own directory. */
export function link(options: Common & { readonly target: string; readonly hard?: boolean }): Link {
  return { ...common(options), target: options.target, ...(options.hard === undefined ? {} : { hard: options.hard }) };
}

function resource(options: FileSource): Resource | undefined {
  if ('source' in options && options.source !== undefined) {
    return { source: options.source, verification: { hash: `sha512-${options.sha512}` } };
  }
  return options.contents === undefined ? undefined : { source: dataUrl(options.contents) };
}

function common({ path, overwrite, user, group }: Common): {
  path: string;
  overwrite?: boolean;
  user?: Owner;
  group?: Owner;
} {
  return {
    path,
    ...(overwrite === undefined ? {} : { overwrite }),
    ...(user === undefined ? {} : { user: owner(user) }),
    ...(group === undefined ? {} : { group: owner(group) }),
  };
}

function owner(who: string | number): Owner {
  return typeof who === 'number' ? { id: who } : { name: who };
}
