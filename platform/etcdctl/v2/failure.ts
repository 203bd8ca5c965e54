import { LabError } from '#errors/lab-error.ts';

/**
 * An answer of etcd's v2 API that is an error, worded as etcd 2.x does: `100: Key not found (/x) [17]`. The number in brackets is
 * the store's revision. Error codes: etcd documentation "v2 API error codes".
 */
export function v2Failure(number: V2Code, cause: string, index: number): LabError {
  const { code, text, next } = table[number];
  return new LabError({ code, cause: `${number}: ${text} (${cause}) [${index}]`, next });
}

export type V2Code = keyof typeof table;

const table = {
  100: { code: 'missing.etcd-v2-100', text: 'Key not found', next: 'etcdctl ls --recursive /' },
  101: { code: 'state.etcd-v2-101', text: 'Compare failed', next: 'etcdctl -o extended get KEY' },
  102: { code: 'state.etcd-v2-102', text: 'Not a file', next: 'etcdctl ls KEY' },
  104: { code: 'state.etcd-v2-104', text: 'Not a directory', next: 'etcdctl get KEY' },
  105: { code: 'state.etcd-v2-105', text: 'Key already exists', next: 'etcdctl get KEY' },
  107: { code: 'state.etcd-v2-107', text: 'Root is read only', next: 'name a key below /' },
  108: { code: 'state.etcd-v2-108', text: 'Directory not empty', next: 'etcdctl rm --recursive KEY' },
  401: {
    code: 'state.etcd-compacted',
    text: 'The event in requested index is outdated and cleared',
    next: 'etcdctl watch KEY, for what comes from now on',
  },
} as const;

/** A command line that v2 refuses with exit code 1. */
export function badArguments(cause: string): LabError {
  return new LabError({ code: 'usage.etcdctl', cause, next: 'etcdctl help' });
}

/** `get` of a directory: said without the word Error, exit code 1; v2 calls the root by the empty name. */
export function isDirectory(path: string): LabError {
  return new LabError({
    code: 'usage.etcdctl-directory',
    cause: `${path === '/' ? '' : path}: is a directory`,
    next: `etcdctl ls ${path}`,
  });
}
