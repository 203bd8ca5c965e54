import { expect, it } from 'vitest';
import { parameterHelp, parseParameters, scenarioCommand } from '#cli/parse-parameters.ts';
import { LabError } from '#errors/lab-error.ts';
import { choice, flag, integer, text } from '#scenarios/scenario.ts';

const specs = {
  by: choice(['halt', 'cut'], 'how the machine is lost'),
  target: text('machine running couchbase@1', 'MACHINE', 'which machine'),
  repeat: integer({ standard: 1, min: 1, max: 100 }, 'how often'),
  coldStart: flag('without caches'),
};
const parse = (...words: string[]) => parseParameters('failover', specs, words);
const refusal = (...words: string[]): LabError => {
  try {
    parse(...words);
  } catch (error) {
    if (error instanceof LabError) return error;
  }
  throw new Error('not refused');
};

it('takes what is given and the standard for what is not', () => {
  expect(parse().values).toEqual({ by: 'halt', target: 'machine running couchbase@1', repeat: 1, coldStart: false });
  expect(parse('--by', 'cut', '--repeat=20', '--cold-start', '--json')).toEqual({
    values: { by: 'cut', target: 'machine running couchbase@1', repeat: 20, coldStart: true },
    json: true,
    help: false,
  });
});

it('refuses what the scenario does not know, naming parameter and remedy', () => {
  expect(refusal('--speed', '3').message).toContain("'--speed'");
  expect(refusal('--by', 'fire').message).toBe('--by wants one of halt, cut, not "fire"');
  for (const bad of ['0', '101', '1.5', 'many', '']) expect(refusal(`--repeat=${bad}`).code).toBe('usage.parameter');
  expect(refusal('core-02').next).toBe('lab scenario failover --help');
  expect(refusal('--by').exitCode).toBe(64);
});

it('writes the command that gives the same values', () => {
  const words = ['--by', 'cut', '--target', 'engine leader', '--cold-start'];
  const command = scenarioCommand('failover', specs, parse(...words).values);
  expect(command).toBe("lab scenario failover --by cut --target 'engine leader' --cold-start");
  expect(scenarioCommand('failover', specs, parse().values)).toBe('lab scenario failover');
});

it('shows each parameter with its shape and what holds without it', () => {
  const help = parameterHelp('failover', 'Breaks a machine.', specs);
  expect(help).toMatch(/--by halt\|cut +how the machine is lost \(default: halt\)/);
  expect(help).toMatch(/--cold-start +without caches$/m);
});
