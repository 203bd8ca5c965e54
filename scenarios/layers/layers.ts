import { LabError } from '#errors/lab-error.ts';
import { allUnits } from '../stack/stack.ts';
import { choice, scenario, type ScenarioContext } from '../scenario.ts';
import { mainProcess, recovered } from './conditions.ts';
import { type Layer, layerNames, layers } from './layer.ts';
import { reportLayer } from './measures.ts';
import { type Loss, recoveryOf } from './recovery.ts';
import { visitorSaw } from './visitor.ts';

/** Couchbase's RestartSec of 20 s, its start, then RestartSec and start of all that run on it, with room for a slow host. */
const recoveryDeadlineMs = 150_000;
const journals = [...allUnits, 'fleet.service', 'flanneld.service', 'docker.service', 'etcd.service'];

/** Kills every layer of the stack alone, in turn, and lets it come back by itself. */
export const layersScenario = scenario({
  name: 'layers',
  summary: 'every layer of the stack alone, in turn: who notices its end, who restarts it, what the visitor sees',
  needs: { stack: 'deployed', capabilities: ['exec'] },
  parameters: { only: choice(['all', ...layerNames], 'one layer instead of all') },
  async run(context) {
    const chosen = layers.filter(({ name }) => context.parameters.only === 'all' || context.parameters.only === name);
    const done: { layer: Layer; loss: Loss }[] = [];
    await context.until(context.lab.page.showsRows(context.lab.machines.length, context.now()), {
      within: recoveryDeadlineMs,
    });
    await context.snapshot('before');
    for (const layer of chosen) done.push({ layer, loss: await lose(context, layer) });
    await context.snapshot('after');
    const journal = await context.lab.journal.lines(journals);
    context.afterwards(({ samples, wallToRunMs }) => {
      const recorded = { journal, events: context.events, wallToRunMs };
      for (const { layer, loss } of done) {
        const seen =
          samples.length === 0 ? undefined : visitorSaw(samples, loss.faultMs, loss.recoveredMs, wallToRunMs);
        reportLayer(context, layer, loss, recoveryOf(loss, recorded), seen);
      }
    });
  },
});

/** Kills one layer and waits until everything is as it was. */
async function lose(context: ScenarioContext, layer: Layer): Promise<Loss> {
  const machine = await machineOf(context, layer);
  context.phase(layer.name);
  context.note(`${layer.what}, on ${machine}`);
  const process = await mainProcess(context, machine, layer.unit);
  const fault = await layer.kill(context, machine);
  context.mark(`${layer.name} killed`, fault.fromMs, { detail: machine });
  const whole = await context.until(recovered(context, layer, machine, { atMs: fault.fromMs, process }), {
    within: recoveryDeadlineMs,
  });
  context.mark(`${layer.name}: everything right again`, whole.atMs);
  const { name, unit, key } = layer;
  return { layer: name, unit, key, machine, faultMs: fault.fromMs, recoveredMs: whole.atMs };
}

async function machineOf({ lab }: ScenarioContext, { on, name }: Layer): Promise<string> {
  if ('role' in on) return (await lab.machine(on.role)).name;
  const home = lab.fleet.runningOn('unit' in on ? on.unit : on.without);
  const machine = 'unit' in on ? home : lab.machines.find((one) => one.name !== home)?.name;
  if (machine !== undefined) return machine;
  throw new LabError({
    code: 'state.deploy',
    cause: `no machine to kill ${name} on: ${JSON.stringify(on)}`,
    next: 'lab fleetctl list-units',
  });
}
