import { LabError } from '#errors/lab-error.ts';
import type { LabConfig } from '../../config/lab-config.ts';
import { addressHolder } from '../../host/network/lab-link.ts';
import { wallTime } from '../../host/wall-time.ts';
import { callSupervisor } from '../../machines/ground/control-client.ts';
import { labPaths } from '../../machines/ground/lab-paths.ts';
import type { ProviderStatus } from '../../machines/machine-provider.ts';
import { readMaker } from './find-maker.ts';
import { commandOf, type LabMaker } from './lab-maker.ts';
import { type ListedLab, listLabs } from './list-labs.ts';

const statusDeadlineMs = 5_000;

/**
 * The lab that has the addresses which this one is to have, when none of its machines runs: it can be laid to rest for this one.
 * Several labs are kept at the same addresses, and one of them runs at a time: the host knows one way to an address.
 * @returns undefined where nobody has them, or what has them is no lab (`Ground.prepare` refuses that)
 * @throws LabError `busy.range` naming the lab whose machines run there, since when it is up, and who made it
 */
export async function restingHolder(config: LabConfig): Promise<ListedLab | undefined> {
  const link = await addressHolder(labPaths(config.name, config.stateDir).hostLink, config.network);
  if (link?.startsWith('lab-') !== true) return undefined;
  const holder = (await listLabs(config.stateDir)).find(({ name, up }) => up && name === link.slice('lab-'.length));
  if (holder === undefined) return undefined;
  const running = await runningMachines(holder, config.stretch);
  if (running?.length === 0) return holder;
  throw heldBy(config, holder, { running, maker: await readMaker(holder.stateDir), now: new Date() });
}

/**
 * What is said of a lab whose machines run at addresses that another one is to have. Pure.
 * @param seen.running names of its machines that run; undefined when it cannot be asked
 * @param seen.maker who made it; undefined when it does not say
 */
export function heldBy(
  config: Pick<LabConfig, 'name' | 'network'>,
  holder: Pick<ListedLab, 'name' | 'since'>,
  seen: { readonly running: readonly string[] | undefined; readonly maker: LabMaker | undefined; readonly now: Date },
): LabError {
  const { running, maker, now } = seen;
  const since = holder.since === undefined ? '' : ` since ${wallTime(new Date(holder.since), now)}`;
  const madeBy = maker === undefined ? '' : `, made by ${maker.checkout}`;
  const what = running === undefined ? '' : `runs ${running.join(', ')}, and `;
  const command = `lab --name ${holder.name} halt`;
  const halt = maker === undefined ? command : commandOf(maker, command);
  return new LabError({
    code: 'busy.range',
    cause: `lab ${config.name} cannot have ${config.network.cidr} while lab ${holder.name} has it: it ${what}is up${since}${madeBy}`,
    next: `${halt} (its disks are kept), then lab up; or for both at once other addresses: range, bridge, first_machine, host and flannel under [network] in a lab.toml of its own (LAB_CONFIG_DIR)`,
  });
}

/** Undefined for virtual machines, which its supervisor does not know, and where it does not answer. */
async function runningMachines(lab: ListedLab, stretch: number): Promise<string[] | undefined> {
  if (lab.provider !== 'nspawn') return undefined;
  const { controlSocket } = labPaths(lab.name, lab.stateDir);
  const ask = callSupervisor<ProviderStatus>(controlSocket, 'GET', '/status', undefined, statusDeadlineMs * stretch);
  return ask.then(
    ({ machines }) => machines.filter(({ state }) => state !== 'stopped' && state !== 'absent').map(({ name }) => name),
    () => undefined,
  );
}
