import { globalFlags, replaced, v2Commands } from './command-table.ts';
import type { FlagSpecs } from './go-flags.ts';

/** The help of one command, of a group (`member`), or of all (no name), in the form of etcdctl 2.x. Pure. */
export function helpOf(name: string | undefined): string {
  const command = name === undefined ? undefined : v2Commands.get(name);
  if (name === undefined) return overview();
  if (command === undefined) return groupHelp(name);
  const { about, usage, flags } = command;
  return [
    `NAME:\n   etcdctl ${name} - ${about}`,
    '',
    `USAGE:\n   etcdctl ${name} ${Object.keys(flags).length > 0 ? '[command options] ' : ''}${usage}`.trimEnd(),
    ...(usage.includes('<value>') ? ['', valueHint] : []),
    ...(Object.keys(flags).length > 0 ? ['', 'OPTIONS:', ...flagLines(flags)] : []),
  ].join('\n');
}

/** The version as etcdctl 2.x prints it. The second line says whose program this is. */
export const versionText =
  'etcdctl version 2.3.8\nAPI version: 2\ncoreos-lab: this is the grammar of etcdctl 2.3 on the etcd v3 store; ' +
  '`etcdctl version` is that of the v3 client';

const valueHint =
  "DESCRIPTION:\n   Without <value> it is read from standard input. Before a <key> that begins with '-', and before a\n" +
  '   <value> that is the name of an option, insert --:\n\n   $ etcdctl set -- <key> <value>';

function groupHelp(group: string): string {
  const inside = [...v2Commands].filter(([name]) => name.startsWith(`${group} `));
  return [
    `NAME:\n   etcdctl ${group} - ${group} add, remove, update and list subcommands`,
    '',
    `USAGE:\n   etcdctl ${group} command [command options] [arguments...]`,
    '',
    'COMMANDS:',
    ...inside.map(([name, { about }]) => `   ${name.slice(group.length + 1).padEnd(10)}${about}`),
  ].join('\n');
}

function overview(): string {
  return [
    'NAME:\n   etcdctl - the v2 commands of etcdctl on the etcd v3 store',
    '',
    'USAGE:\n   etcdctl [global options] command [command options] [arguments...]',
    '',
    'COMMANDS:',
    ...[...v2Commands].map(([name, { about }]) => `   ${name.padEnd(16)}${about}`),
    '   help, h         shows a list of commands or help for one command',
    '',
    'GLOBAL OPTIONS:',
    ...flagLines(globalFlags),
    '',
    'Not here, and what to use instead:',
    ...[...replaced].map(([name, instead]) => `   ${name.padEnd(16)}${instead}`),
    '',
    'Every other command (put, del, endpoint, lease, snapshot, txn, user, role, auth, version, ...), every v3 flag (get --prefix,',
    'member list -w table, ...) and everything with ETCDCTL_API=3 in the environment is run by the v3 client. Keys are the same on',
    'both sides, but v2 paths begin with a slash: `etcdctl get x` reads the v3 key /x.',
  ].join('\n');
}

function flagLines(flags: FlagSpecs): string[] {
  const heads = Object.entries(flags).map(([name, { type, short }]) => {
    const value = type === 'bool' ? '' : ' value';
    return `${name.length === 1 ? '-' : '--'}${name}${value}${short === undefined ? '' : `, -${short}${value}`}`;
  });
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return Object.values(flags).map(({ about }, i) => `   ${(heads[i] ?? '').padEnd(width)}${about}`);
}
