import type { FleetKeys } from '../../etcd/keys/fleet-keys.ts';
import type { Picture, Registry } from '../registry/registry.ts';
import { type Change, transactionsOf } from '../registry/transactions.ts';
import { ApiError } from './reply.ts';
import { type PlannedChange, planChange, type UnitChange } from './unit-change.ts';

/** How often a batch is planned anew when somebody changes the same units meanwhile. */
const attempts = 3;

/**
 * Writes changes of units, all of them or, if one cannot be, none. As many as fit go into one etcd transaction; of more, every unit's
 * content is there before the first desired state is, so that the engine places them as a whole.
 * @returns HTTP status of each, in their order: 201 for new content, 204
 * @throws ApiError 400, 409 for the first that cannot be
 */
export async function writeUnits(registry: Registry, changes: readonly UnitChange[]): Promise<number[]> {
  const made = new Set<string>();
  for (let attempt = 1; attempt <= attempts; attempt++) {
    // What is a moment old is good enough to write on, under its guards, and not good enough to refuse on.
    const picture = attempt === 1 ? await registry.lately() : await registry.now();
    const plans = planned(registry.keys, picture, changes, attempt > 1);
    if (plans !== undefined && (await allWritten(registry, plans, made)))
      return plans.map(({ name, status }) => (made.has(name) ? 201 : status));
  }
  throw new ApiError(409, `${named(changes)} changed by somebody else just now`);
}

/** @returns undefined when one cannot be, and the picture may be the reason */
function planned(
  keys: FleetKeys,
  picture: Picture,
  changes: readonly UnitChange[],
  isSure: boolean,
): PlannedChange[] | undefined {
  const units = new Map(picture.view.units.map((u) => [u.name, u]));
  return changes.reduce<PlannedChange[] | undefined>((plans, change) => {
    try {
      plans?.push(planChange(keys, change, units.get(change.name), picture.revision(keys.job(change.name).object)));
      return plans;
    } catch (error) {
      if (!isSure) return undefined;
      const isOne = changes.length === 1;
      if (isOne || !(error instanceof ApiError)) throw error;
      throw new ApiError(error.status, `${change.name}: ${error.message}`);
    }
  }, []);
}

/** @returns false when a guard did not hold: somebody was faster */
async function allWritten(
  { store, keys }: Registry,
  plans: readonly PlannedChange[],
  made: Set<string>,
): Promise<boolean> {
  const whole = transactionsOf(plans.map(({ guard, content, wish }) => changeOf(guard, [...content, ...wish])));
  const contents = plans.filter(({ content }) => content.length > 0);
  const wishes = plans.filter(({ wish }) => wish.length > 0);
  const isThere = (name: string) => ({ key: keys.job(name).object, exists: true as const });
  const inTwo = [
    ...transactionsOf(contents.map(({ guard, content }) => changeOf(guard, content))),
    ...transactionsOf(wishes.map(({ name, wish }) => changeOf(isThere(name), wish))),
  ];
  for (const { guards, writes } of whole.length > 1 ? inTwo : whole) {
    if (!(await store.transact(guards, writes))) return false;
    for (const { name, content } of contents) if (content.some((write) => writes.includes(write))) made.add(name);
  }
  return true;
}

function changeOf(guard: PlannedChange['guard'], writes: Change['writes']): Change {
  return { guards: [guard], writes };
}

function named(changes: readonly UnitChange[]): string {
  const [first] = changes;
  return changes.length === 1 ? `unit ${first?.name} was` : `units were`;
}
