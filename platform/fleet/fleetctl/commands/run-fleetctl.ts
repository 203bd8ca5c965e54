import { LabError } from '#errors/lab-error.ts';
import { answerDeadlineMs, openFleetClient, sshTimeoutS } from '../../client/fleet-client.ts';
import { parseFlags, type FlagSpec, type ParsedFlags } from '../../parts/flags.ts';
import { fleetVersion } from '../../registry/records.ts';
import { apiEndpoints } from '../api-endpoints.ts';
import { credentialsOf } from '../credentials.ts';
import { cat } from './cat.ts';
import { destroy } from './destroy.ts';
import { fdForward } from './fd-forward.ts';
import { journal, ssh, status } from './inspect.ts';
import { listMachines, listUnitFiles, listUnits } from './list.ts';
import { rebalance } from './rebalance.ts';
import { restart } from './restart.ts';
import { load, start, submit } from './start.ts';
import { stop, unload } from './stop.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';
import type { Command, Context } from '../context.ts';
import { commandHelp, generalHelp } from '../help.ts';
import { sshOptions } from '../remote.ts';
import { flagSeconds } from '../flag-seconds.ts';
import { openTunnel } from '../tunnel.ts';

const commands: readonly Command[] = [
  listMachines, submit, load, start, stop, unload, restart, rebalance, destroy, listUnits, listUnitFiles, why, status, journal, cat, ssh,
  verify, fdForward,
]; // prettier-ignore

const text = (name: string, help: string): FlagSpec => ({ name, kind: 'text', help });
const globalFlags: readonly FlagSpec[] = [
  text('endpoint', 'fleet API, comma separated, tried in turn (unix:///run/fleet.sock)'),
  text('tunnel', 'reach the API through ssh: HOST[:PORT]'),
  text('ssh-username', 'user for ssh (core)'),
  { name: 'strict-host-key-checking', kind: 'switch', help: 'ssh refuses hosts that it does not know (false)' },
  text('ssh-timeout', `seconds until ssh gives up to connect (${sshTimeoutS})`),
  text('ssh-port', "port of the machines' sshd (22)"),
  text('known-hosts-file', 'file with the hosts that ssh knows'),
  text('request-timeout', `seconds a request may take (${answerDeadlineMs / 1000})`),
  text('token-file', 'file with the token that the API wants (or the token itself in FLEETCTL_TOKEN)'),
  text('ca-file', 'authority that has signed the certificate of an https:// endpoint'),
  text('cert-file', 'certificate to show there'),
  text('key-file', 'its key'),
  { name: 'version', kind: 'switch', help: 'print the version' },
  { name: 'help', kind: 'switch', aliases: ['h'], help: 'print help' },
];

/** Flags of fleetctl 0.8 to 1.0 that say how it reaches etcd, or signs units: taken, so that scripts go on, and without meaning here. */
const formerFlags: readonly FlagSpec[] = [
  'driver',
  'registry-endpoint',
  'etcd-key-prefix',
  'etcd-cafile',
  'etcd-certfile',
  'etcd-keyfile',
]
  .map((name) => text(name, 'fleet reaches etcd, not fleetctl'))
  .concat(
    { name: 'experimental-api', kind: 'switch', help: 'the API is the only way' },
    { name: 'debug', kind: 'switch', help: 'fleetd logs what it does' },
    { name: 'sign', kind: 'switch', help: 'units are not signed' },
    { name: 'verify', kind: 'switch', help: 'units are not signed' },
  );
const everywhere = [...globalFlags, ...formerFlags];

/**
 * fleetctl: finds the command, reads flags (before and after it, in both of fleet's spellings), runs it.
 * @returns the exit code
 * @throws LabError
 */
export async function runFleetctl(
  argv: readonly string[],
  io: Pick<Context, 'env' | 'out' | 'err' | 'progress' | 'columns'>,
): Promise<number> {
  const before = parseFlags(argv, everywhere, 'fleetctl', 1);
  const [word, ...rest] = before.args;
  if (before.on('version') || word === 'version') {
    io.out(`fleetctl version ${fleetVersion}`);
    return 0;
  }
  if (word === undefined || word === 'help') {
    io.out(
      rest[0] === undefined
        ? generalHelp(commands, globalFlags, formerFlags, io.columns)
        : commandHelp(findCommand(rest[0]), globalFlags, io.columns),
    );
    return 0;
  }
  const command = findCommand(word);
  const after = parseFlags(rest, [...command.flags, ...everywhere], 'fleetctl', command.until);
  if (before.on('help') || after.on('help')) {
    io.out(commandHelp(command, globalFlags, io.columns));
    return 0;
  }
  const { endpoints, ofEtcd } = apiEndpoints([
    after.text('endpoint'),
    before.text('endpoint'),
    io.env['FLEETCTL_ENDPOINT'] || undefined,
  ]);
  const former = formerFlags.filter((f) => before.text(f.name) !== undefined || after.text(f.name) !== undefined);
  const idle = [
    ...former.map((f) => `--${f.name} (${f.help})`),
    ...ofEtcd.map((url) => `endpoint ${url} (that is etcd, fleetctl asks fleet's API)`),
  ];
  if (idle.length > 0) io.err(`note: without meaning here: ${idle.join(', ')}`);
  const flags = withEnvironment(before, after, io.env);
  const asked = flags.text('request-timeout');
  const timeoutMs = asked === undefined ? answerDeadlineMs : flagSeconds('request-timeout', asked) * 1000;
  const tunnel = flags.text('tunnel');
  const credentials = credentialsOf(flags, io.env);
  const context = { ...io, flags, args: after.args };
  const open = tunnel ? await openTunnel(tunnel, flags.text('ssh-username') ?? 'core', sshOptions(context)) : undefined;
  try {
    const reached = open ? [open.endpoint] : endpoints;
    return await command.run({ ...context, client: openFleetClient({ endpoints: reached, timeoutMs, credentials }) });
  } finally {
    open?.close();
  }
}

/** By its name, or by a beginning of it that only one command has. */
function findCommand(word: string): Command {
  const exact = commands.find((c) => c.name === word);
  const beginning = commands.filter((c) => c.name.startsWith(word));
  const command = exact ?? (beginning.length === 1 ? beginning[0] : undefined);
  if (command !== undefined) return command;
  const cause =
    beginning.length > 1
      ? `"${word}" may be ${beginning.map((c) => c.name).join(' or ')}`
      : `unknown command "${word}"`;
  throw new LabError({ code: 'usage.command', cause, next: 'fleetctl help' });
}

/** A flag after the command wins over one before it, that over FLEETCTL_NAME. */
function withEnvironment(before: ParsedFlags, after: ParsedFlags, env: NodeJS.ProcessEnv): ParsedFlags {
  const value = (name: string): string | undefined =>
    after.text(name) ?? before.text(name) ?? (env[`FLEETCTL_${name.toUpperCase().replaceAll('-', '_')}`] || undefined);
  return { text: value, on: (name) => /^(true|1|t|yes)$/i.test(value(name) ?? ''), args: after.args };
}
