import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { exitCodes, LabError } from '#errors/lab-error.ts';
import { clearLeftOver, findLeftOvers } from '#provision/cluster/labs/left-overs.ts';
import { Lab } from '#provision/cluster/lab.ts';
import { listedConfig } from '#provision/cluster/labs/listed-config.ts';
import type { LabConfig } from '#provision/config/lab-config.ts';
import { runDoctor } from '#provision/host/doctor.ts';
import { fenceStands } from '#provision/host/network/fence.ts';
import { packagesFor } from '#provision/host/package-list.ts';
import { ensurePackages, mayInstall } from '#provision/host/packages.ts';
import { realHost } from '#provision/host/real-host.ts';
import { type LeftFinding, planRemedies, type Remedy } from '#provision/host/remedy/plan-remedies.ts';
import { labPaths } from '#provision/machines/ground/lab-paths.ts';
import { readProviderRecord, recordedHypervisor } from '#provision/machines/ground/provider-record.ts';
import { confirm } from '../confirm.ts';
import { configDirOf, type Invocation } from '../invocation.ts';
import { describeConfig, requireRoot, sayMaker } from '../open-lab.ts';
import { table } from '../render/table.ts';
import { printErr, printOut } from '../render/terminal.ts';

export interface FixOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** A remedy, and what became of it. */
interface Tried extends Pick<Remedy, 'id' | 'what' | 'changesHost'> {
  readonly result: 'done' | 'not done' | 'failed';
  readonly why?: string;
}

/**
 * Does what is safe about what the doctor found, each step named before, and says what it leaves to a person, and why. A second call
 * finds nothing to do. Exit code as `lab doctor`'s, by how the host is in the end.
 */
export async function doctorFix(from: Invocation, options: FixOptions): Promise<void> {
  const config = describeConfig(from);
  await sayMaker(from.repoDir, config);
  if (options.dryRun !== true) requireRoot();
  const { remedies, left } = await plan(config);
  const say = options.json === true ? () => undefined : printOut;
  say(planText(remedies, left));
  const tried: Tried[] = [];
  const asked = remedies.some(({ changesHost }) => changesHost) && options.dryRun !== true;
  const agreed = !asked || options.yes === true || (await isAgreed(options.json === true));
  for (const remedy of remedies) {
    const result = await attempt(remedy, { from, config, options, agreed });
    tried.push(result);
    if (options.dryRun !== true)
      say(`${result.result}: ${result.what}${result.why === undefined ? '' : `; ${result.why}`}`);
  }
  const after = await runDoctor(config, realHost());
  if (options.json === true) console.log(JSON.stringify({ ok: after.ok, remedies: tried, left }));
  else if (!after.ok) printErr('This host cannot run the lab yet. Next: lab doctor');
  process.exitCode = tried.some(({ result }) => result === 'failed') || !after.ok ? exitCodes.host : 0;
}

async function plan(config: LabConfig) {
  const report = await runDoctor(config, realHost());
  const isRoot = process.getuid?.() === 0;
  const { hostLink } = labPaths(config.name, config.stateDir);
  const fenced = !existsSync(config.stateDir) || !isRoot || (await fenceStands(hostLink, config.network));
  return planRemedies(report, {
    leftOvers: await findLeftOvers(config.stateDir),
    fence: fenced ? undefined : config.name,
    mayInstall: mayInstall(),
  });
}

/** What would be done and what is left, before anything is. Pure. */
export function planText(remedies: readonly Remedy[], left: readonly LeftFinding[]): string {
  if (remedies.length === 0 && left.length === 0) return 'There is nothing to mend.';
  const steps = remedies.map(({ what, changesHost }) => [changesHost ? 'this host' : 'a lab', what]);
  const rows = left.map(({ title, detail, fix, why }) => [title, `${detail}. Not done: ${why}. By hand: ${fix}`]);
  return [
    steps.length === 0 ? 'There is nothing that can safely be done.' : table(['CHANGES', 'STEP'], steps),
    ...(rows.length === 0 ? [] : [`Left to you:\n${table(['', ''], rows).trimStart()}`]),
  ].join('\n\n');
}

async function isAgreed(json: boolean): Promise<boolean> {
  // A program that reads JSON is not asked.
  if (json) return false;
  return confirm(
    '\nDo what changes this host?',
    'lab doctor --fix asks before it changes this host',
    'lab doctor --fix -y',
  );
}

async function attempt(
  remedy: Remedy,
  how: { from: Invocation; config: LabConfig; options: FixOptions; agreed: boolean },
): Promise<Tried> {
  const { id, what, changesHost } = remedy;
  const of = { id, what, changesHost };
  if (how.options.dryRun === true) return { ...of, result: 'not done', why: '--dry-run' };
  if (changesHost && !how.agreed) return { ...of, result: 'not done', why: 'not agreed to (-y agrees)' };
  try {
    await carryOut(remedy, how);
    return { ...of, result: 'done' };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { ...of, result: 'failed', why: `${error.message}; next: ${error.next}` };
  }
}

async function carryOut({ does }: Remedy, { from, config }: { from: Invocation; config: LabConfig }): Promise<void> {
  switch (does.kind) {
    case 'run': {
      const [program = '', ...args] = does.command;
      const result = await execa(program, args, { reject: false, stdin: 'ignore', timeout: commandDeadlineMs });
      if (!result.failed) return;
      const said = result.stderr.trim().split('\n')[0];
      throw new LabError({
        code: 'command.remedy',
        cause: `${does.command.join(' ')}: ${said === undefined || said === '' ? (result.shortMessage ?? 'it failed') : said}`,
        next: 'run it by hand: this host may forbid it (a container)',
      });
    }
    case 'install':
      await ensurePackages({ packages: Object.keys(packagesFor(config)), onProgress: printErr });
      return;
    case 'raise-fence':
      return labOf(from, config).keepFence();
    case 'clear': {
      const hypervisor = recordedHypervisor(readProviderRecord(does.left.stateDir));
      const listed = { name: does.left.lab, stateDir: does.left.stateDir, provider: hypervisor ?? ('nspawn' as const) };
      const its = await listedConfig({ ...listed, up: false, machines: [], checkout: undefined }, config);
      return clearLeftOver(does.left, labOf(from, its).provider());
    }
  }
}

const commandDeadlineMs = 30_000;

function labOf(from: Invocation, config: LabConfig): Lab {
  return new Lab({ config, repoDir: from.repoDir, configDir: configDirOf(from.repoDir) });
}
