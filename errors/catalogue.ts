import { command } from './catalogue/command.ts';
import { config } from './catalogue/config.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { hostChecks } from './catalogue/host-checks.ts';
import { host } from './catalogue/host.ts';
import { ignition } from './catalogue/ignition.ts';
import { input } from './catalogue/input.ts';
import { missing } from './catalogue/missing.ts';
import { others } from './catalogue/others.ts';
import { state } from './catalogue/state.ts';
import { timeout } from './catalogue/timeout.ts';
import { unit } from './catalogue/unit.ts';
import { usage } from './catalogue/usage.ts';
import { type ErrorFamily, exitCodes } from './exit-codes.ts';

/** Every code that an error of this project can have. docs/errors.md and `lab explain` are made from it. */
export const catalogue = {
  ...usage,
  ...config,
  ...unit,
  ...ignition,
  ...input,
  ...missing,
  ...hostChecks,
  ...host,
  ...others,
  ...state,
  ...timeout,
  ...command,
} as const;

/** `usage.flag`, and `command.*` for codes whose detail is open-ended. */
export type ListedCode = keyof typeof catalogue;

/** What the families, and with them the exit codes, mean. */
export const familyMeanings: Readonly<Record<ErrorFamily, string>> = {
  usage: 'a bad command line',
  unit: 'a unit file',
  ignition: 'an Ignition config',
  input: 'an HTTP body, a wire frame, other data from outside',
  missing: 'no machine, unit or scenario of that name',
  host: 'this host lacks something (`lab doctor` says what)',
  internal: 'a bug of the lab',
  unschedulable: 'no machine can take a unit; the reason names what stands in the way',
  busy: 'another command, or another lab, is in the way',
  state: 'the lab is not in a state that allows this',
  timeout: 'a condition did not become true before its deadline',
  command: 'a program that the lab ran failed',
  permission: 'not root, or the checkout cannot be written',
  config: 'config.rb or lab.toml',
  unbuilt: 'not built yet',
  interrupted:
    'ended by Ctrl-C: a scenario undoes its faults first, `lab up` leaves what it began and goes on from there',
};

/** An entry with all that is said of it. */
export interface ListedError extends CatalogueEntry {
  readonly code: ListedCode;
  readonly family: ErrorFamily;
  readonly exitCode: number;
}

/** All entries, families in the order of their exit codes, codes by name. */
export const listedErrors: readonly ListedError[] = (Object.entries(catalogue) as [ListedCode, CatalogueEntry][])
  .map(([code, entry]) => {
    const family = code.slice(0, code.indexOf('.')) as ErrorFamily;
    return { code, family, exitCode: exitCodes[family], ...entry };
  })
  .sort((a, b) => a.exitCode - b.exitCode || (a.code < b.code ? -1 : 1));

/** The entry of a code, or of the pattern that stands for it (`command.tar`: that of `command.*`). */
export function findListed(code: string): ListedError | undefined {
  const pattern = `${code.slice(0, code.indexOf('.'))}.*`;
  return listedErrors.find((one) => one.code === code) ?? listedErrors.find((one) => one.code === pattern);
}

/** The first sentence of what a code means. */
export function oneLine({ means }: CatalogueEntry): string {
  return /^.*?\.(?= |$)/.exec(means)?.[0].slice(0, -1) ?? means;
}
