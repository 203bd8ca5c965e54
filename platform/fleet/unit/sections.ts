import { splitUnitName } from './name.ts';

/** The section of each type of unit, beside [Unit], [Install] and those that begin with X- (systemd.unit(5)). */
const ownSection: Readonly<Record<string, string>> = {
  service: 'Service',
  socket: 'Socket',
  timer: 'Timer',
  path: 'Path',
  mount: 'Mount',
  automount: 'Automount',
  swap: 'Swap',
  slice: 'Slice',
  scope: 'Scope',
  target: 'Target',
  device: 'Device',
};

/**
 * Why systemd would ignore a section of this name with all that is in it, or refuse the file for it; undefined when it does not.
 * @param file a name whose ending is the unit's type; of another one every section may be
 */
export function sectionProblem(name: string, file: string): { cause: string; next: string } | undefined {
  const { type } = splitUnitName(file);
  const own = Object.hasOwn(ownSection, type) ? ownSection[type] : undefined;
  const known = ['Unit', 'Install', ...(own === undefined ? [] : [own])];
  const bare = name.replace(/^[\s"']+|[\s"']+$/g, '');
  const meant = [...known, 'X-Fleet'].find((section) => section.toLowerCase() === bare.toLowerCase());
  if (!/^[A-Za-z0-9_.-]+$/.test(name)) {
    return { cause: `"${name}" is no section name`, next: `write [${meant ?? 'Service'}], without quotes or blanks` };
  }
  if (meant === 'X-Fleet' && name !== meant) {
    return { cause: `[${name}] is not [X-Fleet], and nobody heeds it`, next: 'write [X-Fleet]' };
  }
  if (own === undefined || known.includes(name) || name.startsWith('X-')) return undefined;
  const list = known.map((section) => `[${section}]`).join(', ');
  return {
    cause: `a .${type} has no section [${name}]: systemd would ignore it`,
    next: meant === undefined ? `use ${list}, or a name that begins with X-` : `write [${meant}]`,
  };
}
