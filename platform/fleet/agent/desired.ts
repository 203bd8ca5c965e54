import { staticProblem } from '../engine/can-run.ts';
import { globalsFor } from '../engine/occupancy.ts';
import { principalsFirst } from '../engine/order.ts';
import type { Machine } from '../parts/model.ts';
import { isTemplate } from '../unit/name.ts';
import type { UnitRecord } from '../registry/records.ts';
import type { FleetView } from '../registry/view.ts';

/** A unit this machine has to have. */
export interface DesiredUnit {
  readonly name: string;
  readonly hash: string;
  readonly text: string;
  readonly wanted: 'loaded' | 'launched';
  /** Every machine that is fit for it runs it. */
  readonly isGlobal?: boolean;
}

/**
 * What this machine has to run: units scheduled to it and global units it is fit for; MachineOf targets before followers. A unit whose new content
 * asks for another machine is not run here any more, though the engine has not moved it yet.
 */
export function desiredUnits(view: FleetView, self: Machine): DesiredUnit[] {
  // Metadata set through the API holds while this machine is not registered, too: nothing is stopped for a lost lease.
  const machine = { ...self, metadata: { ...self.metadata, ...view.overlays.get(self.id) } };
  // systemd refuses a whole query for the sake of one template name in it.
  const wanted = view.units.filter((u) => u.desired !== 'inactive' && !isTemplate(u.name));
  const scheduled = wanted.filter(
    (u) => u.target === self.id && !u.requirements.global && staticProblem(u, machine) === undefined,
  );
  const globals = globalsFor(
    machine,
    wanted.filter((u) => u.requirements.global),
    scheduled,
  );
  return principalsFirst([...scheduled, ...globals]).map((u: UnitRecord) => ({
    name: u.name,
    hash: u.hash,
    text: u.text,
    wanted: u.desired === 'launched' ? 'launched' : 'loaded',
    ...(u.requirements.global && { isGlobal: true }),
  }));
}
