// A scenario of your own. Run it:            ./lab scenario ./template.ts --unit memcached@2
// What every field and function does:        docs/scenarios.md
// Its results (report.html, events, journals): runs/template/latest/
import { type Condition, type MachineUnderTest, scenario, text } from 'coreos-lab/scenario';

export default scenario({
  name: 'template',
  summary: 'kill the container of one unit and prove that systemd runs it again on the same machine',

  // deployed: the chapter's twelve units run before `run` begins. empty: no unit is there. any: nothing is made sure of.
  needs: { stack: 'deployed' },

  // Each becomes an option of the command line: --unit memcached@2
  parameters: { unit: text('memcached@1', 'UNIT', 'the unit whose container is killed') },

  async run(context) {
    const { lab, fault, parameters } = context;
    // A machine by name (core-02) or by role: `machine running UNIT`, `engine leader`, `etcd leader`, `any other`.
    const machine = await lab.machine(`machine running ${parameters.unit}`);
    const before = await invocation(machine, parameters.unit);
    await context.snapshot('before');

    context.phase('kill the container');
    // Every fault is undone at the end whatever happens; this one needs no undoing, because systemd does it.
    const killed = await fault.killContainer(machine.name, parameters.unit.replace('@', '-'));
    context.mark('container killed', killed.fromMs, { detail: `${parameters.unit} on ${machine.name}` });

    context.phase('wait for systemd');
    // Waits by a condition with a deadline, never by a sleep; when time runs out, the error says what was missing.
    const again = await context.until(runsAgain(machine, parameters.unit, before), { within: 60_000 });
    context.mark('running again', again.atMs);

    // From the unit file: RestartSec=1 for memcached. The rest is Docker removing the old container and starting a new one.
    context.measure('container killed -> unit running', {
      from: killed.fromMs,
      to: again.atMs,
      predicted: { minMs: 1_000, maxMs: 4_000, terms: 'RestartSec 1 s + docker rm, pull and run 0.3-3 s' },
    });

    // fleet's own look is up to 0.2 s old: wait until it sees the unit running, then look where.
    const unit = parameters.unit.endsWith('.service') ? parameters.unit : `${parameters.unit}.service`;
    await context.until(lab.fleet.unitsRunning([unit]), { within: 10_000 });
    await context.snapshot('after');
    const home = lab.fleet.runningOn(unit);
    context.invariant({
      name: 'a killed container comes back on its own machine, without fleet moving the unit',
      verdict: home === machine.name ? 'pass' : 'fail',
      evidence: `${unit} ran on ${machine.name}, now runs on ${home ?? 'no machine'}`,
    });
  },
});

/** A condition has a name and can say what is missing; `undefined` means that it holds. */
function runsAgain(machine: MachineUnderTest, unit: string, before: string): Condition {
  return {
    name: `${unit} runs again on ${machine.name}`,
    missing: async () => {
      const now = await invocation(machine, unit);
      return now !== '' && now !== before ? undefined : 'systemd has not started it again yet';
    },
  };
}

/** systemd gives each start of a unit a new id; empty while the unit does not run. */
async function invocation(machine: MachineUnderTest, unit: string): Promise<string> {
  const { stdout } = await machine.exec(['systemctl', 'show', unit, '--property=ActiveState,InvocationID']);
  return /^ActiveState=active$/m.test(stdout) ? (/^InvocationID=(\w+)$/m.exec(stdout)?.[1] ?? '') : '';
}
