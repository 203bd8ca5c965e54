import { z } from 'zod';
import { type CodeOf, LabError } from '#errors/lab-error.ts';

/** As many problems as a person reads. */
const shownProblems = 5;

/**
 * A value from outside as its schema says it is.
 * @param of what it is, where it came from, and what to do when it is not of that form
 * @throws LabError `of.code`, with the path of the first field that is wrong; the others are its evidence
 */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  of: { code: CodeOf<'input'>; what: string; next: string },
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.flatMap(problemsOf);
  throw new LabError({
    code: of.code,
    cause: `${of.what} is not of the form that this version knows: ${problems[0] ?? 'no reason is known'}`,
    evidence: problems.slice(1, 1 + shownProblems),
    next: of.next,
  });
}

/** `machines[0].cpus: expected number, received string`; the path of a field that should not be there is its own. */
function problemsOf(issue: z.core.$ZodIssue): string[] {
  const at = (path: PropertyKey[]): string => (path.length === 0 ? 'the whole' : z.core.toDotPath(path));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${at([...issue.path, shortened(key)])}: there is no such field`);
  return [`${at(issue.path)}: ${issue.message.replace(/^Invalid input: /, '')}`];
}

/** Whoever sends nonsense may send much of it. */
function shortened(key: string): string {
  return key.length <= 60 ? key : `${key.slice(0, 60)}...`;
}
