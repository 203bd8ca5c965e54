import type { MachineProvider } from '#provision/machines/machine-provider.ts';
import type { SystemdUnit } from '../conditions/observed.ts';

/** systemctl(1) of one unit a block, with the command line of its control process (proc(5)) and the machine's clock, s. */
const script = `for unit; do
  systemctl show --timestamp=unix -p Id,ActiveState,SubState,NRestarts,InvocationID,InactiveExitTimestamp,ActiveEnterTimestamp,ControlPID "$unit"
  pid=$(systemctl show -p ControlPID --value "$unit")
  [ "$pid" -gt 0 ] && echo "Command=$(tr '\\0' ' ' 2>/dev/null < /proc/$pid/cmdline)"
  echo "Now=$(date +%s)"
  echo
done`;

/** What systemd says of units on the machines that they are on; a machine that does not answer says nothing. */
export async function observeSystemd(
  provider: Pick<MachineProvider, 'exec'>,
  places: readonly { readonly unit: string; readonly machine: string }[],
): Promise<Record<string, SystemdUnit>> {
  const machines = [...new Set(places.map(({ machine }) => machine))];
  const found = await Promise.all(
    machines.map(async (machine) => {
      const units = places.filter((place) => place.machine === machine).map(({ unit }) => unit);
      const { stdout } = await provider
        .exec(machine, ['sh', '-c', script, 'sh', ...units])
        // It may have gone since it was looked at.
        .catch(() => ({ stdout: '' }));
      return readSystemd(machine, stdout);
    }),
  );
  return Object.assign({}, ...found) as Record<string, SystemdUnit>;
}

/** What the script printed on a machine. Pure. */
export function readSystemd(machine: string, printed: string): Record<string, SystemdUnit> {
  const units: Record<string, SystemdUnit> = {};
  for (const block of printed.split('\n\n')) {
    const values = new Map(
      block.split('\n').flatMap((line): [string, string][] => {
        const at = line.indexOf('=');
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
      }),
    );
    const id = values.get('Id');
    if (id === undefined) continue;
    const secondsSince = (name: string): number | undefined => {
      const at = Number(values.get(name)?.replace('@', '') ?? Number.NaN);
      return at > 0 ? Number(values.get('Now')) - at : undefined;
    };
    const command = values.get('Command')?.trim();
    units[id] = {
      machine,
      state: `${values.get('ActiveState') ?? 'unknown'}/${values.get('SubState') ?? 'unknown'}`,
      start: values.get('InvocationID') ?? '',
      sinceS: secondsSince('InactiveExitTimestamp'),
      activeSinceS: secondsSince('ActiveEnterTimestamp'),
      restarts: Number(values.get('NRestarts') ?? 0),
      command: command === '' ? undefined : command,
    };
  }
  return units;
}
