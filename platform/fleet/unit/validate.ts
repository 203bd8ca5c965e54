import { LabError } from '#errors/lab-error.ts';
import { globMatches, globProblem } from './glob.ts';
import { isTemplate, unitNameProblem } from './name.ts';
import { parseUnitFile } from './parse.ts';
import { requirementsOf } from './requirements.ts';
import { serialiseUnit } from './serialise.ts';
import { sameOptions, type UnitOptions } from './unit-file.ts';

/**
 * Refuses a unit that fleet would refuse, with fleet's own texts where it had one.
 * @throws LabError `unit.name`, `unit.requirements` or `unit.options`
 */
export function validateUnit(name: string, options: UnitOptions): void {
  const badName = unitNameProblem(name);
  if (badName !== undefined) {
    throw new LabError({
      code: 'unit.name',
      cause: badName,
      next: 'rename the unit: letters, digits and : - _ . \\ @, ending in .service',
    });
  }
  const problem = requirementsProblem(name, options);
  if (problem !== undefined) {
    throw new LabError({ code: 'unit.requirements', cause: problem, next: `edit the [X-Fleet] section of ${name}` });
  }
  // An option may come from a JSON body: one that hides a line break would smuggle in other lines.
  if (!sameOptions(parseUnitFile(serialiseUnit(options), name), grouped(options))) {
    throw new LabError({
      code: 'unit.options',
      cause: `${name}: an option cannot be written as a line of a unit file`,
      next: 'remove line breaks and surrounding spaces from section, name and value',
    });
  }
}

/** Instances that a template is tried with; the first one is how messages name it. */
const sampleInstances = ['%i', ...Array.from({ length: 10 }, (_, digit) => String(digit)), 'a', 'core-01'];

/**
 * The first rule of [X-Fleet] that is broken, in fleet's words; undefined when all hold. What a template says by `%i` is known when
 * an instance is made: it is refused only when no instance of it would do.
 */
function requirementsProblem(name: string, options: UnitOptions): string | undefined {
  if (!isTemplate(name)) return problemOf(name, options);
  const problems = sampleInstances.map((instance) =>
    problemOf(
      name.replace('@', () => `@${instance}`),
      options,
    ),
  );
  return problems.includes(undefined) ? undefined : problems[0];
}

function problemOf(name: string, options: UnitOptions): string | undefined {
  const r = requirementsOf(name, options);
  const has = {
    Peers: r.machineOf.length > 0,
    Conflicts: r.conflicts.length > 0,
    Global: r.global,
    Replaces: r.replaces.length > 0,
  };
  const pairs: [left: boolean, text: string, right: boolean][] = [
    ...(['Peers', 'Conflicts', 'Global', 'Replaces'] as const).map((key): [boolean, string, boolean] => [
      r.machineId !== undefined,
      `MachineID cannot be used with ${key}`,
      has[key],
    ]),
    [has.Global, 'Global cannot be used with Peers', has.Peers],
    [has.Global, 'Global cannot be used with Replaces', has.Replaces],
    [has.Conflicts, 'Conflicts cannot be used with Replaces', has.Replaces],
  ];
  for (const [left, text, right] of pairs) if (left && right) return text;
  for (const glob of [...r.conflicts, ...r.replaces]) {
    const bad = globProblem(glob);
    if (bad !== undefined) return bad;
  }
  for (const peer of r.machineOf) {
    const conflict = r.conflicts.find((glob) => globMatches(glob, peer));
    if (conflict !== undefined) return `unresolvable requirements: peer "${peer}" matches conflict "${conflict}"`;
    const replace = r.replaces.find((glob) => globMatches(glob, peer));
    if (replace !== undefined) return `unresolvable requirements: peer "${peer}" matches replace "${replace}"`;
  }
  const bad = r.malformedMetadata[0];
  if (bad !== undefined) return `invalid MachineMetadata "${bad}": expected exactly one key=value`;
  return undefined;
}

function grouped(options: UnitOptions): UnitOptions {
  const sections = [...new Set(options.map((o) => o.section))];
  return sections.flatMap((section) => options.filter((o) => o.section === section));
}
