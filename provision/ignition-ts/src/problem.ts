import { LabError, type ErrorCode } from '../../../errors/lab-error.ts';

/** One thing wrong with a config. `path` is where, as in `['storage', 'files', 0, 'path']`. */
export interface Problem {
  readonly code: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What to write instead. */
  readonly next: string;
  /** The other thing that the problem is about, when there are two. */
  readonly other?: readonly (string | number)[];
}

/** How messages call the place of a path, as in `my.ign:3:17: `; '' when it has none. */
export type Place = (path: readonly (string | number)[]) => string;

/** `$.storage.files.0.path`, as ignition-validate writes it. */
function jsonPath(path: readonly PropertyKey[]): string {
  return ['$', ...path.map(String)].join('.');
}

/** The first problem as the error, the others as its evidence. `place` says where a path stands, when there is a file. */
export function problemError(problems: readonly [Problem, ...Problem[]], place: Place = () => ''): LabError {
  const say = ({ path, other, message }: Problem): string => {
    const own = place(path);
    return `${own === '' && other ? place(other) : own}${jsonPath(path)}: ${message}`;
  };
  const [first, ...others] = problems;
  return new LabError({ code: first.code, cause: say(first), evidence: others.map(say), next: first.next });
}
