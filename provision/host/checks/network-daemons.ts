import { type Check, ok, warn } from '../check.ts';
import type { HostProbe } from '../host-probe.ts';
import { networkdFile } from '../network/unmanaged-link.ts';

/** In networkd's order: of files of one name the first directory's counts (systemd.network(5)). */
const directories = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((at) => `${at}/systemd/network`);

/**
 * systemd-networkd takes addresses and routes away from an interface that one of its files is for, and some are for all.
 * NetworkManager leaves veth pairs alone.
 */
export const networkDaemons: Check = {
  id: 'network-daemons',
  title: 'Network daemons',
  run(probe, { name }) {
    const link = `lab-${name}`;
    if (!probe.exists('/run/systemd/netif/state')) return ok('no systemd-networkd is active');
    const taking = networkFiles(probe).find((one) => one.file < networkdFile(link) && matches(one, link));
    if (taking === undefined) return ok(`systemd-networkd leaves ${link} alone`);
    return warn(
      `systemd-networkd takes the lab's link ${link}: ${taking.path} is for it too`,
      `write Name=!lab-* under [Match] in ${taking.path}, or what it is for; then run: networkctl reload`,
    );
  },
};

interface NetworkFile {
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

function networkFiles(probe: HostProbe): NetworkFile[] {
  const found = new Map<string, string>();
  for (const directory of directories)
    for (const file of probe.list(directory))
      if (file.endsWith('.network') && !found.has(file)) found.set(file, `${directory}/${file}`);
  const files = [...found].flatMap(([file, path]) => {
    const text = probe.read(path);
    return text === undefined ? [] : [{ file, path, text }];
  });
  return files.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** What is known of the lab's link beforehand; a file that asks for anything else of an interface is not for it. */
const known: Readonly<Record<string, string>> = { type: 'ether', kind: 'veth', driver: 'veth' };
/** Asked of the host, not of the interface: taken as true. */
const ofHost = [
  'host',
  'virtualization',
  'kernelcommandline',
  'kernelversion',
  'architecture',
  'firmware',
  'credential',
];

function matches({ text }: NetworkFile, link: string): boolean {
  // An empty file masks those of its name.
  if (text.trim() === '') return false;
  return matchSection(text).every(({ key, value }) => {
    if (key === 'name') return globs(value, link);
    if (ofHost.includes(key)) return true;
    const own = known[key];
    return own !== undefined && globs(value, own);
  });
}

function matchSection(text: string): { key: string; value: string }[] {
  let section = '';
  return text.split('\n').flatMap((raw) => {
    const line = raw.trim();
    section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value] = /^([A-Za-z]+)\s*=\s*(.+)$/.exec(line) ?? [];
    if (section !== 'Match' || key === undefined || value === undefined) return [];
    return [{ key: key.toLowerCase(), value }];
  });
}

/** A list of shell patterns of which one must match; `!` before the first turns the whole list around. */
function globs(list: string, text: string): boolean {
  const inverted = list.startsWith('!');
  const patterns = (inverted ? list.slice(1) : list).split(/\s+/).filter(Boolean);
  return patterns.some((pattern) => isLike(pattern, text)) !== inverted;
}

function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    return new RegExp(`^${source}$`).test(text);
  } catch {
    // A bracket without its other half is no pattern.
    return pattern === text;
  }
}
