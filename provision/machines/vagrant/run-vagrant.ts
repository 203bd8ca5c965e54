import { execa } from 'execa';
import { LabError } from '#errors/lab-error.ts';
import { statedSeconds } from '#errors/seconds.ts';
import type { HypervisorName } from '../../config/lab-config.ts';
import { failureOf, parseMachineReadable, progressOf, type VagrantLine } from './machine-readable.ts';

export interface VagrantPlace {
  /** The directory with the Vagrantfile. */
  readonly repoDir: string;
  /** The directory with config.rb and lab.toml. */
  readonly configDir: string;
  /** Where Vagrant remembers its machines. */
  readonly dotDir: string;
  /** Vagrant's name of what runs the guests. */
  readonly hypervisor: HypervisorName;
}

/** Environment of every Vagrant command that the lab runs itself. */
function vagrantEnvironment(place: VagrantPlace): Record<string, string> {
  return {
    VAGRANT_CWD: place.repoDir,
    VAGRANT_DOTFILE_PATH: place.dotDir,
    VAGRANT_CHECKPOINT_DISABLE: '1',
    VAGRANT_DEFAULT_PROVIDER: place.hypervisor,
    LAB_CONFIG_DIR: place.configDir,
    // The Vagrantfile's trigger would call the lab again, which holds its lock.
    COREOS_LAB_PREPARED: '1',
  };
}

/** Ruby's own: `/usr/share/.../file.rb:63:in `call'` */
const backtrace = /\.rb:\d+:in /;

/**
 * Runs one Vagrant command and follows its machine-readable output.
 * @param deadlineMs after it Vagrant is ended in order (it then undoes what it had begun)
 * @throws LabError `command.vagrant` with Vagrant's own words, `timeout.vagrant`, `host.vagrant` when there is none
 */
export async function runVagrant(args: {
  place: VagrantPlace;
  argv: readonly string[];
  deadlineMs: number;
  onProgress?: (machine: string, detail: string) => void;
  /** What to try when it fails. */
  next: string;
}): Promise<VagrantLine[]> {
  const command = `vagrant ${args.argv.join(' ')}`;
  const child = execa('vagrant', [...args.argv, '--machine-readable'], {
    env: vagrantEnvironment(args.place),
    cwd: args.place.repoDir,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: args.deadlineMs,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 30_000,
  });
  const lines: VagrantLine[] = [];
  const others: string[] = [];
  for await (const text of child.iterable({ from: 'all' })) {
    const line = parseMachineReadable(text);
    if (line === undefined) {
      if (text.trim() !== '') others.push(text);
      continue;
    }
    lines.push(line);
    const progress = progressOf(line);
    if (progress !== undefined) args.onProgress?.(progress.machine, progress.detail);
  }
  const result = await child;
  if (result.exitCode === 0) return lines;
  if (result.code === 'ENOENT') {
    throw new LabError({
      code: 'host.vagrant',
      cause: 'Vagrant is not installed',
      next: 'lab doctor --provider vagrant',
    });
  }
  const said = failureOf(lines);
  throw new LabError({
    code: result.timedOut ? 'timeout.vagrant' : 'command.vagrant',
    cause: result.timedOut
      ? `\`${command}\` did not end within ${statedSeconds(args.deadlineMs)}`
      : `\`${command}\` failed${said[0] === undefined ? ` (exit code ${result.exitCode ?? 'none'})` : `: ${said[0]}`}`,
    evidence: [...said.slice(1), ...others.filter((line) => !backtrace.test(line))].slice(-12),
    next: args.next,
  });
}
