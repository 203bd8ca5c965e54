import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { mustHave } from '#errors/must-have.ts';
import { probeNames } from '../harness/record/sample.ts';
import type { Scenario } from '../scenario.ts';

const isFunction = z.custom((value) => typeof value === 'function', 'wants a function');
// A run's directory has this name.
const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'wants a-z, 0-9 and -, beginning with a letter, at most 41');

const parameter = z.object({
  help: z.string(),
  shape: z.string(),
  standard: z.union([z.string(), z.number(), z.boolean()]),
  parse: isFunction,
});

/** What `export default scenario({ ... })` has to be. Strict, because a misspelt field would silently do nothing. */
const shape = z.strictObject({
  name,
  summary: z.string().min(1, 'wants one sentence'),
  needs: z.strictObject({
    stack: z.enum(['deployed', 'empty', 'any']),
    probes: z.array(z.enum(probeNames)).optional(),
    capabilities: z.array(z.string()).optional(),
    without: z.record(z.string(), z.string().min(1, 'wants the reason')).optional(),
  }),
  parameters: z
    .record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/, 'wants a name like count or ttlSeconds'), parameter)
    .optional(),
  run: isFunction,
});

/**
 * Is this value a scenario?
 * @param source path of the file it came from, for the message
 * @throws LabError `input.scenario` naming every field that is missing or wrong
 */
export function checkScenario(value: unknown, source: string): Scenario {
  const checked = shape.safeParse(value);
  if (checked.success) return { parameters: {}, ...(value as Omit<Scenario, 'parameters'>) };
  const [first, ...others] = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || 'default export'}: ${said(issue)}`,
  );
  throw new LabError({
    code: 'input.scenario',
    cause: `the default export of ${source} is not a scenario: ${mustHave(first, 'problem')}`,
    evidence: others,
    next: 'docs/scenarios.md describes every field; `lab scenario new NAME` writes a scenario that works',
  });
}

function said(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return wrongType(wanted[issue.expected] ?? issue.expected, issue.message);
  if (issue.code === 'unrecognized_keys') return `has no field ${issue.keys.join(', ')}`;
  return issue.message.replace(/^Invalid option: expected/, 'wants');
}

const wanted: Readonly<Record<string, string>> = { string: 'a text', object: 'an object', record: 'an object' };

function wrongType(expected: string, message: string): string {
  const received = /received (\w+)/.exec(message)?.[1];
  return received === undefined || received === 'undefined'
    ? `is missing (${expected})`
    : `wants ${expected}, not ${received}`;
}
