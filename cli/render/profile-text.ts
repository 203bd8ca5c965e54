import pc from 'picocolors';
import type { PathStep, Phase, Profile } from '#provision/cluster/profile/phase.ts';
import { seconds } from '#errors/seconds.ts';

/** Where there is no terminal. */
const plainColumns = 100;
/** With less room for the bars there are none, only the path. */
const leastBar = 12;
const scalesMs = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
/** What is shorter is counted only. */
const shortMs = 5;
/** With more machines, those that the path does not touch are left out. */
const allShown = 3;

/**
 * A picture of where the time went: a bar for each phase, its part of the critical path filled, and the path as a list whose
 * sum is the whole. Pure.
 * @param columns Infinity for what is no terminal
 */
export function profileText(profile: Profile, columns: number): string {
  const width = columns === Infinity ? plainColumns : columns;
  const summary = `${seconds(profile.wholeMs)} from the command's start until the lab was ready`;
  return [...picture(profile, width), `Critical path: ${summary}`, ...pathLines(profile)].join('\n');
}

function picture({ phases, path, wholeMs }: Profile, width: number): string[] {
  const shown = phases.filter(({ waits, subject }) => !waits && isShown(subject, phases, path));
  const names = shown.map(({ subject, phase }) => `${subject} ${phase}`);
  const nameWidth = Math.max(0, ...names.map((name) => name.length));
  const timeWidth = 7;
  const room = width - nameWidth - timeWidth - 3;
  if (room < leastBar || shown.length === 0) return [];
  const eachMs = scalesMs.find((ms) => wholeMs / ms <= room) ?? wholeMs / room;
  const rows = shown.map((phase, index) => {
    const name = (names[index] ?? '').padEnd(nameWidth);
    const took = seconds(phase.toMs - phase.fromMs).padStart(timeWidth);
    return `${name} ${took}  ${bar(phase, path, eachMs)}`.trimEnd();
  });
  const left = subjectsOf(phases).size - subjectsOf(shown).size;
  const more = left === 0 ? [] : [`(${left} more ${left === 1 ? 'machine' : 'machines'}, not critical)`];
  return [...rows, ...more, `A column is ${Math.round(eachMs)} ms; # is critical.`, ''];
}

function isShown(subject: string, phases: readonly Phase[], path: readonly PathStep[]): boolean {
  if (subject === 'lab' || path.some((step) => step.subject === subject)) return true;
  return subjectsOf(phases).size <= allShown + 1;
}

function subjectsOf(phases: readonly Phase[]): Set<string> {
  return new Set(phases.filter(({ waits }) => !waits).map(({ subject }) => subject));
}

/** A column is the path's where most of it is. */
function bar(phase: Phase, path: readonly PathStep[], eachMs: number): string {
  const own = path.filter(
    ({ kind, subject, phase: name }) => kind === 'work' && subject === phase.subject && name === phase.phase,
  );
  const first = Math.floor(phase.fromMs / eachMs);
  const end = Math.max(first + 1, Math.round(phase.toMs / eachMs));
  const columns = Array.from({ length: end - first }, (_, index) => {
    const middle = (first + index + 0.5) * eachMs;
    // One that is shorter than a column shows all the same.
    const isPath = own.some((step) => (end - first === 1 ? true : step.fromMs <= middle && middle < step.toMs));
    return isPath ? '#' : '.';
  }).join('');
  return (
    ' '.repeat(first) + columns.replaceAll(/#+/g, (part) => pc.green(part)).replaceAll(/\.+/g, (part) => pc.dim(part))
  );
}

function pathLines({ path, wholeMs }: Profile): string[] {
  const short = path.filter(({ fromMs, toMs }) => toMs - fromMs < shortMs);
  const line = (ms: number, what: string) => {
    const share = `${Math.round((100 * ms) / wholeMs)} %`.padStart(5);
    return `${seconds(ms).padStart(8)} ${share}  ${what}`;
  };
  const rest = short.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return [
    ...path
      .filter((step) => !short.includes(step))
      .map(({ subject, phase, fromMs, toMs, kind }) => {
        const what = kind === 'work' ? phase : phase === '-' ? 'between two phases' : `waiting: ${phase}`;
        return line(toMs - fromMs, `${subject} ${what}`);
      }),
    ...(short.length === 0 ? [] : [line(rest, `${short.length} shorter ${short.length === 1 ? 'one' : 'ones'}`)]),
  ];
}
