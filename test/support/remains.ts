import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';

/** Everything on this host that belongs to a lab of this name, found without the lab's own code. */
export async function remainsOf(lab: string): Promise<string[]> {
  const found: string[] = [];
  const marks = [`coreos-lab/${lab}`, `coreos-lab-${lab}`];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    // A zombie is dead, and its parent's to bury: the host's PID 1 may take a second or two.
    if (/^State:\s+Z/m.test(text(`/proc/${pid}/status`))) continue;
    const commandLine = text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    if (marks.some((mark) => commandLine.includes(`${mark}/`)))
      found.push(`process ${pid}: ${commandLine.slice(0, 100)}`);
    const cgroups = text(`/proc/${pid}/cgroup`);
    if (marks.some((mark) => cgroups.includes(`/${mark}`))) found.push(`process ${pid} in a cgroup of the lab`);
  }
  for (const line of text('/proc/self/mountinfo').split('\n'))
    if (marks.some((m) => line.includes(m))) found.push(`mount ${line}`);
  const cgroups = await execa('find', ['/sys/fs/cgroup', '-type', 'd', '-path', `*/coreos-lab/${lab}*`], {
    reject: false,
  });
  found.push(...lines(cgroups.stdout).map((path) => `cgroup ${path}`));
  const links = await execa('ip', ['-o', 'link', 'show']);
  found.push(
    ...lines(links.stdout)
      .filter((line) => line.includes(`lab-${lab}`))
      .map((line) => `interface ${line}`),
  );
  const routes = await execa('ip', ['route', 'show', 'table', 'all']);
  found.push(
    ...lines(routes.stdout)
      .filter((l) => /\b(172\.17\.8\.|10\.1\.0\.0)/.test(l))
      .map((line) => `route ${line}`),
  );
  for (const path of [`/var/lib/coreos-lab/${lab}`, `/run/coreos-lab/${lab}`])
    if (existsSync(path)) found.push(`file ${path}`);
  const nspawn = await execa('find', ['/run/systemd/nspawn', '-name', '*core-0*'], { reject: false });
  found.push(...lines(nspawn.stdout).map((path) => `file ${path}`));
  return found;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function lines(output: string): string[] {
  return output.split('\n').filter(Boolean);
}
