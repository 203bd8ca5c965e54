import type { z } from 'zod';
import type { Problem } from './problem.ts';
import { schema } from './schema.ts';
import { versionProblem } from './spec-version.ts';

const touchesDisks = ['disks', 'raid', 'filesystems', 'luks'];

/** Keys of older specs and other tools, with what stands in their place in spec 3.3.0. */
const moved: Readonly<Record<string, string>> = {
  networkd: 'write a file below /etc/systemd/network instead',
  enable: 'spec 3 calls it enabled',
  filesystem: 'spec 3 has no filesystem key: give the path alone',
  kernel_arguments: 'kernel arguments are not supported here',
  ssh_authorized_keys: 'JSON calls it sshAuthorizedKeys',
  inline: 'that is Butane; JSON has source with a data: URL',
  variant: 'that is a Butane config: translate it with `butane` first',
};

/** Problems of keys and types. A part that would act on disks or the kernel of the host comes first. */
export function checkShape(value: unknown): readonly Problem[] {
  const host = hostProblems(value);
  if (host.length > 0) return host;
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => describe(issue, value));
}

function hostProblems(value: unknown): readonly Problem[] {
  const { storage, kernelArguments } = (isObject(value) ? value : {}) as Record<string, unknown>;
  const disks = (isObject(storage) ? Object.keys(storage) : []).filter((key) =>
    touchesDisks.includes(key.toLowerCase()),
  );
  const problems: Problem[] = disks.map((key) => ({
    code: 'ignition.disks',
    path: ['storage', key],
    message: `storage.${key} is refused: a lab machine has no disk of its own, it would act on the host's disks`,
    next: `Remove storage.${key}; a machine's root and /var/lib/docker are made by the lab.`,
  }));
  if (kernelArguments === undefined) return problems;
  const message = "kernelArguments is refused: a lab machine runs on the host's kernel";
  const next = 'Remove kernelArguments; write sysctls as a file below /etc/sysctl.d instead.';
  return [...problems, { code: 'ignition.kernel', path: ['kernelArguments'], message, next }];
}

function describe(issue: z.core.$ZodIssue, value: unknown): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'ignition.key',
      path: [...path, key],
      message: `unknown key ${key} (Ignition would ignore it)`,
      next: Object.hasOwn(moved, key) ? `Remove ${key}: ${moved[key]}.` : `Remove ${key} or correct its spelling.`,
    }));
  }
  if (path.join('.') === 'ignition.version' || path.join('.') === 'ignition' || path.length === 0)
    return [versionProblem(path, value)];
  const last = String(path.at(-1));
  const next = last === 'mode' ? 'A mode is a number in JSON: 420 for 0644, 493 for 0755.' : `Correct ${last}.`;
  const missing = at(value, path) === undefined;
  const message = missing ? `${last} is missing` : issue.message.replace(/^Invalid input: /, '');
  return [{ code: missing ? 'ignition.missing' : 'ignition.type', path, message, next }];
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
