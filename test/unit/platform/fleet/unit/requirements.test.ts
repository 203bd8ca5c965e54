import { describe, expect, test } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { globMatches } from '#platform/fleet/unit/glob.ts';
import { isTemplate, mangleUnitName, templateOf, unitNameProblem } from '#platform/fleet/unit/name.ts';
import { parseUnitFile } from '#platform/fleet/unit/parse.ts';
import { requirementsOf } from '#platform/fleet/unit/requirements.ts';
import { expandSpecifiers } from '#platform/fleet/unit/specifiers.ts';
import { validateUnit } from '#platform/fleet/unit/validate.ts';

const unit = (xfleet: string) => parseUnitFile(`[Service]\nExecStart=/x\n[X-Fleet]\n${xfleet}\n`, 'u');
const refusal = (name: string, xfleet: string): string => {
  try {
    validateUnit(name, unit(xfleet));
  } catch (error) {
    if (error instanceof LabError) return error.message;
  }
  return 'accepted';
};

describe('requirementsOf', () => {
  test('specifiers are those of the unit itself', () => {
    expect(requirementsOf('side@2.service', unit('MachineOf=web@%i.service')).machineOf).toEqual(['web@2.service']);
    expect(expandSpecifiers('%n|%N|%p|%i|%%|%x', 'a@b.service')).toBe('a@b.service|a@b|a|b|%|%x');
  });

  test('quoted values are several, lines accumulate, one metadata key takes any of its values', () => {
    const r = requirementsOf('a.service', unit('MachineMetadata="disk=ssd" "region=eu"\nMachineMetadata=region=us'));
    expect([...r.metadata]).toEqual([
      ['disk', ['ssd']],
      ['region', ['eu', 'us']],
    ]);
  });

  test('Conflicts takes a list of globs; legacy names mean the same', () => {
    expect(requirementsOf('a.service', unit('Conflicts=a*.service b*.service')).conflicts).toEqual([
      'a*.service',
      'b*.service',
    ]);
    expect(requirementsOf('a.service', unit('X-Conflicts=c\nX-ConditionMachineID=1234')).conflicts).toEqual(['c']);
    expect(requirementsOf('a.service', unit('X-ConditionMachineBootID=1234')).machineId).toBe('1234');
  });

  test.each([
    ['true', true],
    ['ON', true],
    ['1', true],
    ['no', false],
    ['', false],
  ])('Global=%s is %s', (value, global) => {
    expect(requirementsOf('a.service', unit(`Global=${value}`)).global).toBe(global);
  });

  test('keys it does not know are named', () => {
    expect(requirementsOf('a.service', unit('Frobnicate=1')).unrecognised).toEqual(['Frobnicate']);
  });
});

describe('validateUnit', () => {
  test.each([
    ['MachineID=x\nMachineOf=b.service', 'MachineID cannot be used with Peers'],
    ['MachineID=x\nConflicts=b', 'MachineID cannot be used with Conflicts'],
    ['MachineID=x\nGlobal=true', 'MachineID cannot be used with Global'],
    ['MachineID=x\nReplaces=b', 'MachineID cannot be used with Replaces'],
    ['Global=true\nMachineOf=b.service', 'Global cannot be used with Peers'],
    ['Global=true\nReplaces=b', 'Global cannot be used with Replaces'],
    ['Conflicts=c\nReplaces=b', 'Conflicts cannot be used with Replaces'],
    ['MachineOf=b.service\nConflicts=b*', 'unresolvable requirements: peer "b.service" matches conflict "b*"'],
    ['MachineOf=b.service\nReplaces=b*', 'unresolvable requirements: peer "b.service" matches replace "b*"'],
    ['MachineMetadata=ssd', 'invalid MachineMetadata "ssd": expected exactly one key=value'],
    ['Conflicts=[a', 'syntax error in pattern "[a"'],
    ['Replaces=b*', 'accepted'],
    ['Global=true\nConflicts=b*', 'accepted'],
    ['MachineMetadata=slot=1', 'accepted'],
  ])('%j', (xfleet, message) => {
    expect(refusal('a.service', xfleet)).toBe(message);
  });

  test.each([
    ['MachineMetadata=hostname=%i', 'accepted'],
    ['MachineMetadata="slot=%i" "disk=ssd"', 'accepted'],
    ['MachineID=%i', 'accepted'],
    ['MachineOf=web@%i.service\nConflicts=web@[^1].service', 'accepted'],
    ['Conflicts=[%i].service', 'accepted'],
    ['MachineID=%i\nConflicts=b', 'MachineID cannot be used with Conflicts'],
    ['MachineOf=b@%i.service\nConflicts=b@*', 'unresolvable requirements: peer "b@%i.service" matches conflict "b@*"'],
    ['MachineMetadata=%i', 'invalid MachineMetadata "%i": expected exactly one key=value'],
    ['MachineMetadata=%p-%i', 'invalid MachineMetadata "a-%i": expected exactly one key=value'],
  ])('a template is judged as one: %j', (xfleet, message) => {
    expect(refusal('a@.service', xfleet)).toBe(message);
  });

  test('and each instance when it is made', () => {
    expect(refusal('a@core-01.service', 'MachineMetadata=hostname=%i')).toBe('accepted');
    expect(refusal('a@2.service', 'MachineOf=web@%i.service\nConflicts=web@[^1].service')).toContain('"web@2.service"');
  });

  test('an empty value takes back what stands above it; continued and commented lines are read as systemd does', () => {
    expect(requirementsOf('a.service', unit('Conflicts=b\nConflicts=\nConflicts=c \\\n# no\n  d')).conflicts).toEqual([
      'c',
      'd',
    ]);
    expect([...requirementsOf('a.service', unit('MachineMetadata=a=1\nMachineMetadata=')).metadata]).toEqual([]);
    expect(requirementsOf('a.service', unit('MachineID=x\nMachineID=\nMachineID=y')).machineId).toBe('y');
  });

  test('an option with a hidden line break is refused', () => {
    const smuggled = [{ section: 'Service', name: 'ExecStart', value: '/x\n[Install]\nWantedBy=y' }];
    expect(() => validateUnit('a.service', smuggled)).toThrow('cannot be written as a line');
  });
});

describe('names', () => {
  test.each([
    ['a.service', undefined],
    ['a@1.service', undefined],
    ['noext', 'unit name must contain "."'],
    ['a.foo', 'invalid unit type: "foo"'],
    ['a b.service', "invalid character ' ' in unit name"],
    ['@a.service', 'unit name cannot start in "@"'],
    ['a@1.mount', 'invalid unit type for template: "mount"'],
    [`${'a'.repeat(250)}.service`, 'unit name exceeds maximum length (256)'],
  ])('%s', (name, problem) => {
    expect(unitNameProblem(name)).toBe(problem);
  });

  test('what a person types', () => {
    expect(mangleUnitName('code/ch6/web@1.service')).toBe('web@1.service');
    expect(mangleUnitName('worker')).toBe('worker.service');
    expect(mangleUnitName('a.timer')).toBe('a.timer');
    expect(mangleUnitName('foo.target')).toBe('foo.target.service');
    expect(templateOf('web@1.service')).toBe('web@.service');
    expect(templateOf('web.service')).toBeUndefined();
    expect(isTemplate('web@.service')).toBe(true);
  });

  test.each([
    ['web@*.service', 'web@1.service', true],
    ['web@*', 'other.service', false],
    ['web@[12].service', 'web@2.service', true],
    ['web@[^12].service', 'web@2.service', false],
    ['a?.service', 'ab.service', true],
    ['a.service', 'axservice', false],
    ['a\\*', 'a*', true],
    ['[z-a]', 'b', false],
  ])('glob %s on %s is %s', (pattern, name, matches) => {
    expect(globMatches(pattern, name)).toBe(matches);
  });
});
