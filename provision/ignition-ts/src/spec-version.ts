import type { Problem } from './problem.ts';
import { isTree, type Tree } from './merge-trees.ts';

/** Specs that differ from 3.3.0 only in what a lab machine has no use for (coreos/ignition docs/migrating-configs.md). */
const readable = ['3.0.0', '3.1.0', '3.2.0', '3.3.0', '3.4.0'];

const disks = ['disks', 'raid', 'filesystems', 'luks'];

/**
 * A config of spec 3.0 to 3.4 as one of 3.3.0, which is what the machines' Ignition reads: another version, and nothing that says
 * nothing (`null`, `{}`, no disks at all), as Terraform and other programs write it. Anything else is left for the checks.
 */
export function asSpec33(value: unknown): unknown {
  if (!isTree(value)) return value;
  const pruned = withoutNothing(value);
  const { storage, ignition } = pruned;
  const brought: Record<string, unknown> = { ...pruned };
  if (isTree(storage)) brought['storage'] = without(storage, (key, part) => disks.includes(key) && isEmptyList(part));
  const kernel = pruned['kernelArguments'];
  if (isTree(kernel) && Object.values(kernel).every(isEmptyList)) delete brought['kernelArguments'];
  if (isTree(ignition) && readable.some((version) => version === ignition['version']))
    brought['ignition'] = { ...ignition, version: '3.3.0' };
  return brought;
}

/** Parts that say nothing when they are empty; an unknown key is refused, empty or not. */
const mayBeEmpty = [
  'config',
  'replace',
  'proxy',
  'security',
  'tls',
  'timeouts',
  'verification',
  'contents',
  'user',
  'group',
  'kernelArguments',
  'passwd',
  'storage',
  'systemd',
];

function withoutNothing(tree: Tree): Tree {
  const kept = Object.entries(tree).flatMap(([key, part]): [string, unknown][] => {
    if (part === null) return [];
    if (Array.isArray(part)) return [[key, part.map((item: unknown) => (isTree(item) ? withoutNothing(item) : item))]];
    if (!isTree(part)) return [[key, part]];
    const full = withoutNothing(part);
    return mayBeEmpty.includes(key) && Object.keys(full).length === 0 ? [] : [[key, full]];
  });
  return Object.fromEntries(kept);
}

function without(tree: Tree, drop: (key: string, part: unknown) => boolean): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([key, part]) => !drop(key, part)));
}

function isEmptyList(part: unknown): boolean {
  return Array.isArray(part) && part.length === 0;
}

/** Why a version is none that is read, and how to come by one that is. */
export function versionProblem(path: readonly (string | number)[], value: unknown): Problem {
  const bad = (message: string, next: string): Problem => ({ code: 'ignition.version', path, message, next });
  const start = 'Start the config with {"ignition": {"version": "3.3.0"}}.';
  if (!isTree(value)) return bad('is not an Ignition config: a JSON object is expected', start);
  if (value['ignitionVersion'] !== undefined)
    return bad('this is an Ignition config of spec 1, which nothing reads any more', `Write it anew. ${start}`);
  const given = isTree(value['ignition']) ? value['ignition']['version'] : undefined;
  if (given === undefined) return bad('ignition.version is missing', start);
  const text = JSON.stringify(given);
  const shown = `ignition.version ${text}`;
  if (/^"2\.\d+\.\d+/.test(text))
    return bad(
      `${shown} is of Container Linux: spec 2 has other keys, and no Ignition of today reads it`,
      'Translate it: `ign-converter -input FILE -output FILE.ign -downtranslate=false`, or write it anew as Butane and call `butane`.',
    );
  if (/^"3\.\d+\.\d+-experimental"$/.test(text))
    return bad(`${shown} is of a spec that was not finished`, 'Write "3.3.0", and correct what is refused then.');
  if (/^"3\.\d+\.\d+"$/.test(text))
    return bad(
      `${shown} is newer than what a lab machine's Ignition reads; specs 3.0.0 to 3.4.0 are taken`,
      'Write "3.3.0", and correct what is refused then; with Butane: variant fcos, version 1.4.0.',
    );
  return bad(`${shown} is no version of the spec; 3.0.0 to 3.4.0 are taken`, start);
}
