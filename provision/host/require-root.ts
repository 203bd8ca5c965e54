import { LabError } from '#errors/lab-error.ts';

/** @throws LabError permission.root unless this process is root: namespaces, mounts and cgroups need it. */
export function requireRoot(uid: number = process.getuid?.() ?? -1, command = './lab'): void {
  if (uid === 0) return;
  throw new LabError({
    code: 'permission.root',
    cause: 'the lab needs root, for its machines are made of namespaces, mounts and cgroups',
    next: `Run: sudo ${command}`,
  });
}
