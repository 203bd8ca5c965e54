import type { Problem } from './problem.ts';
import { repeated } from './check-resource.ts';
import type { Dropin, Unit } from './types.ts';
import { readIni, type IniSection } from './unit-ini.ts';

type Path = readonly (string | number)[];

/** systemd.unit(5): the name before the type may hold these characters, 255 in all. */
const unitName =
  /^[A-Za-z0-9:_.\\@-]+\.(?:service|socket|device|mount|automount|swap|target|path|timer|snapshot|slice|scope)$/;

/** Problems of systemd units and their drop-ins. */
export function checkUnits(units: readonly Unit[]): readonly Problem[] {
  const at: Path = ['systemd', 'units'];
  return [
    ...units.flatMap((unit, i) => checkUnit(unit, [...at, i])),
    ...repeated(units, (unit) => unit.name, at, 'name'),
  ];
}

function checkUnit(unit: Unit, path: Path): readonly Problem[] {
  const bad = (key: string, message: string, next: string): Problem => ({
    code: 'ignition.unit',
    path: [...path, key],
    message,
    next,
  });
  const problems: Problem[] = [];
  const { name, contents, dropins = [] } = unit;
  if (!unitName.test(name) || name.length > 255) {
    problems.push(bad('name', `${JSON.stringify(name)} is no unit name`, 'Write NAME.service, .socket, .timer, ...'));
  }
  if (unit.mask === true && (contents ?? '') !== '') {
    problems.push(bad('mask', `${name} is masked, so its contents would do nothing`, 'Remove mask or contents.'));
  }
  if (unit.mask === true && unit.enabled === true) {
    problems.push(bad('mask', `${name} is both masked and enabled`, 'Remove one of the two.'));
  }
  const sections = contents === undefined ? undefined : checkBody(contents, name, [...path, 'contents'], problems);
  // A unit may have its [Install] in a drop-in, which systemctl preset heeds.
  const installs = [contents, ...dropins.map((dropin) => dropin.contents)].some((text) => hasInstall(text ?? ''));
  if (unit.enabled === true && sections && !installs) {
    const next = 'Add [Install] with WantedBy=multi-user.target, or leave enabled out.';
    problems.push(bad('enabled', `${name} is enabled but has no [Install] section, so that does nothing`, next));
  }
  return [...problems, ...checkDropins(dropins, name, [...path, 'dropins'])];
}

function checkDropins(dropins: readonly Dropin[], unit: string, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [i, { name, contents }] of dropins.entries()) {
    if (!/^[^/\0]+\.conf$/.test(name)) {
      const message = `${JSON.stringify(name)} of ${unit} is no drop-in name`;
      problems.push({ code: 'ignition.unit', path: [...path, i, 'name'], message, next: 'Write NAME.conf.' });
    }
    if (contents !== undefined) checkBody(contents, `${unit}.d/${name}`, [...path, i, 'contents'], problems);
  }
  return [...problems, ...repeated(dropins, (dropin) => dropin.name, path, 'name')];
}

function checkBody(text: string, name: string, path: Path, problems: Problem[]): readonly IniSection[] | undefined {
  const result = readIni(text);
  if ('sections' in result) return result.sections;
  const message = `${name}, line ${result.line}: ${result.problem}`;
  const next = `Correct line ${result.line}; a unit has [Section] lines and Key=value lines below them.`;
  problems.push({ code: 'ignition.unit', path, message, next });
  return undefined;
}

function hasInstall(text: string): boolean {
  const result = readIni(text);
  if (!('sections' in result)) return false;
  return result.sections.some((section) => section.name === 'Install' && section.keys.length > 0);
}
