export const aspects = [
  ...(['mounts', 'cgroups', 'controllers', 'links', 'addresses', 'routes', 'rules', 'nftables', 'iptables'] as const),
  ...(['settings', 'modules', 'loops', 'namespaces', 'enabled units', 'active units', 'failed units'] as const),
  ...(['packages', 'processes', 'files'] as const),
] as const;
export type Aspect = (typeof aspects)[number];

/** Comparable lines, sorted, for each aspect of a host. */
export type HostState = Readonly<Record<Aspect, readonly string[]>>;

/** What each aspect's lines become; undefined for what comes and goes by itself. */
const comparable: Partial<Record<Aspect, (line: string) => string | undefined>> = {
  mounts: mount,
  cgroups: (path) => (isTransient(path) ? undefined : path),
  controllers: (line) => line.split(' ').sort().join(' '),
  links: (line) =>
    line
      .replace(/^\d+: /, '')
      .replace(/ qlen \d+/, '')
      .replace(/\s*\\\s*/g, ' '),
  addresses: (line) => line.replace(/^\d+: /, '').replace(/\s*\\.*$/, ''),
  routes: (line) => line.replace(/ expires \S+/, '').trim(),
  nftables: (line) => line.replace(/ # handle \d+/, ''),
  iptables: (line) => (line.startsWith('#') ? undefined : line.replace(/\[\d+:\d+\]/, '')),
  settings: (line) => (changing.test(line) ? undefined : line.replaceAll('\t', ' ')),
  'active units': (line) => (isTransient(line.split(' ')[0] ?? '') || quiet.test(line) ? undefined : words(4)(line)),
  'failed units': words(1),
};

/** Counters, clocks and limits that the kernel itself moves. */
const changing =
  /^(kernel\.(random|ns_last_pid|pty\.nr|tainted|sched_domain)|net\.netfilter\.nf_conntrack_(count|buckets)|vm\.(stat|user_reserve|admin_reserve)|net\.ipv4\.(tcp|udp)_mem|net\.ipv[46]\.route\.flush)/;
/** Kinds of units that systemd itself makes for devices, disks and slices, or runs by the clock, or at a host's first boot alone. */
const quiet =
  /^\S+\.(device|timer|swap|slice|target|path) |^(systemd-(tmpfiles-clean|hostnamed|timedated|localed|udev|sysusers|update-done|journal-catalog-update)|logrotate|apt-|dpkg-|man-db|ldconfig|getty|phpsession)/;

/** A snapshot's output, as sections that each begin with `== ASPECT`. Pure. */
export function parseState(text: string): HostState {
  const sections = new Map(
    text
      .split(/^== /m)
      .slice(1)
      .map((section) => {
        const [aspect = '', ...lines] = section.split('\n');
        return [aspect, lines.filter((line) => line.trim() !== '')] as const;
      }),
  );
  const state = aspects.map((aspect) => {
    const lines = sections.get(aspect) ?? [];
    if (aspect === 'processes') return [aspect, processes(lines).sort()];
    const kept = lines.map((line) => (comparable[aspect] ?? same)(line)).filter((line) => line !== undefined);
    // The order of firewall rules means something.
    return [aspect, ['nftables', 'iptables'].includes(aspect) ? kept : kept.sort()];
  });
  return Object.fromEntries(state) as HostState;
}

/** What is there now and was not, and what is gone, one readable line each; empty when the host is as it was. Pure. */
export function differences(before: HostState, after: HostState): string[] {
  return aspects.flatMap((aspect) => {
    const changes = [
      ...without(after[aspect], before[aspect]).map((line) => `${aspect}: new: ${line}`),
      ...without(before[aspect], after[aspect]).map((line) => `${aspect}: gone: ${line}`),
    ];
    const moved = changes.length === 0 && before[aspect].join('\n') !== after[aspect].join('\n');
    return moved ? [`${aspect}: other order`] : changes;
  });
}

/** The lines of one list beyond those of another, each as often as it is there more often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

/** A mount without its numbers: root, place, options, propagation, type, source and the file system's own options. */
function mount(line: string): string | undefined {
  const [left = '', right = ''] = line.split(' - ');
  const [, , , root = '', place = '', options = '', ...optional] = left.split(' ');
  // A session's own directory.
  if (place.startsWith('/run/user/')) return undefined;
  const propagation = optional.map((field) => field.replace(/:\d+$/, '')).sort();
  const [type = '', source = '', own = ''] = right.split(' ');
  const fixed = own.replace(/(^|,)(fd=\d+|pgrp=\d+|pipe_ino=\d+|size=\d+k|nr_inodes=\d+)(?=,|$)/g, '');
  return [place, root, options, propagation.join(','), type, source, fixed].join(' ');
}

/** A cgroup or unit of a login session, or of something that systemd runs for a moment. */
function isTransient(path: string): boolean {
  return /^user\.slice\/|(^|\/)(session-\w+|run-[\w-]+|run-u\d+)\.(scope|service)|(^|\/)user(-runtime-dir)?@\d+\.service|^user-\d+\.slice|^system\.slice\/(systemd-(tmpfiles-clean|hostnamed|timedated|localed)|logrotate|apt-|dpkg-|man-db)/.test(
    path,
  );
}

/** Command lines, without kernel threads, without ssh sessions and all that runs in one. */
function processes(lines: readonly string[]): string[] {
  const all = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((match) => match !== null);
  const parents = new Map(all.map(([, pid = '', parent = '']) => [pid, parent]));
  const sessions = new Set(
    all.filter(([, , , args = '']) => /^sshd(-session)?: (?!\/)/.test(args)).map(([, pid]) => pid),
  );
  const hidden = (pid: string | undefined): boolean => {
    for (let one = pid; one !== undefined && one !== '0'; one = parents.get(one))
      if (one === '2' || sessions.has(one)) return true;
    return false;
  };
  return all
    .filter(
      ([, pid, , args = '']) =>
        !hidden(pid) && !/^\([\w-]+\)|systemd --user$|^\/lib\/systemd\/systemd-(hostnamed|timedated)/.test(args),
    )
    .map(([, , , args = '']) => args);
}

function words(count: number): (line: string) => string {
  return (line) => line.trim().split(/\s+/).slice(0, count).join(' ');
}

function same(line: string): string {
  return line;
}
