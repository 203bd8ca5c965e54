import { LabError } from '#errors/lab-error.ts';
import { checkTarget } from '../record/target-form.ts';

/** One parameter of a scenario, e.g. `--by halt|cut`; its name is its key in `parameters`. */
export interface ParameterSpec<T extends ParameterValue> {
  /** What it does, for `--help`. */
  readonly help: string;
  /** How its value is written in help: `halt|cut`, `N`, `machine`. */
  readonly shape: string;
  readonly standard: T;
  /** @throws LabError `usage.parameter` */
  parse(text: string, name: string): T;
  /**
   * Whether a lab with these machines can take the value, asked before it is brought up.
   * @throws LabError
   */
  checkOnLab?(value: T, machines: readonly string[]): void;
}

export type ParameterValue = string | number | boolean;

// What a scenario declares may mix all three kinds.
export type ParameterSpecs = Readonly<
  Record<string, ParameterSpec<string> | ParameterSpec<number> | ParameterSpec<boolean>>
>;

export type ParameterValues<P extends ParameterSpecs> = {
  readonly [K in keyof P]: P[K] extends ParameterSpec<infer T> ? T : never;
};

/** One of these words; the first is the default unless another is given. */
export function choice<const T extends string>(
  choices: readonly [T, ...T[]],
  help: string,
  standard: T = choices[0],
): ParameterSpec<T> {
  return {
    help,
    standard,
    shape: choices.join('|'),
    parse: (text, name) => {
      const found = choices.find((one) => one === text);
      if (found !== undefined) return found;
      throw refused(name, text, `one of ${choices.join(', ')}`);
    },
  };
}

/** A whole number within limits (both included). */
export function integer(
  limits: { readonly standard: number; readonly min: number; readonly max: number },
  help: string,
): ParameterSpec<number> {
  const { standard, min, max } = limits;
  return {
    help,
    standard,
    shape: 'N',
    parse: (text, name) => {
      const value = Number(text);
      if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
      throw refused(name, text, `a whole number from ${min} to ${max}`);
    },
  };
}

/** Any text that is not empty. */
export function text(standard: string, shape: string, help: string): ParameterSpec<string> {
  return {
    help,
    standard,
    shape,
    parse: (given, name) => {
      if (given.trim() !== '') return given;
      throw refused(name, given, shape);
    },
  };
}

/** A machine, by name or by a role that is looked up when its turn comes (`resolveTarget`). */
export function machineTarget(standard: string, help: string): ParameterSpec<string> {
  return { ...text(standard, 'machine', help), checkOnLab: checkTarget };
}

/** Off unless given. */
export function flag(help: string): ParameterSpec<boolean> {
  return {
    help,
    standard: false,
    shape: '',
    parse: (given, name) => {
      if (given === 'true' || given === 'false') return given === 'true';
      throw refused(name, given, 'no value');
    },
  };
}

function refused(name: string, given: string, wanted: string): LabError {
  return new LabError({
    code: 'usage.parameter',
    cause: `--${name} wants ${wanted}, not ${JSON.stringify(given)}`,
    next: 'lab scenario NAME --help',
  });
}
