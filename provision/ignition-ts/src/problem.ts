import { LabError, type ErrorCode } from '../../../errors/lab-error.ts';

/** One thing wrong with a config. `path` is where, as in `['storage', 'files', 0, 'path']`. */
export interface Problem {
  readonly code: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What to write instead. */
  readonly next: string;
}

/** `$.storage.files.0.path`, as ignition-validate writes it. */
function jsonPath(path: readonly PropertyKey[]): string {
  return ['$', ...path.map(String)].join('.');
}

/** The first problem as the error, the others as its evidence. `place` says where a path stands, when there is a file. */
export function problemError(
  problems: readonly [Problem, ...Problem[]],
  place: (path: readonly (string | number)[]) => string = () => '',
): LabError {
  const say = (problem: Problem): string => `${place(problem.path)}${jsonPath(problem.path)}: ${problem.message}`;
  const [first, ...others] = problems;
  return new LabError({ code: first.code, cause: say(first), evidence: others.map(say), next: first.next });
}
