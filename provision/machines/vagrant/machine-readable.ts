/** One line of `vagrant --machine-readable`: `timestamp,target,type,data...` (Vagrant's documentation, "Machine Readable Output"). */
export interface VagrantLine {
  /** The machine it is about; empty when it is about none. */
  readonly target: string;
  /** `ui`, `state`, `action`, `error-exit`, ... */
  readonly type: string;
  readonly data: readonly string[];
}

/** @returns undefined for a line that is not of this form (Ruby's own warnings, a plugin's bare print) */
export function parseMachineReadable(line: string): VagrantLine | undefined {
  const [stamp, target, type, ...data] = line.split(',');
  if (stamp === undefined || target === undefined || type === undefined || !/^\d{9,}$/.test(stamp)) return undefined;
  return { target, type, data: data.map(unescape) };
}

function unescape(text: string): string {
  return text.replaceAll('%!(VAGRANT_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r');
}

/** What Vagrant says of the lab's own trigger and box, and vagrant-libvirt of each setting (` -- Memory: ...`, ` -> ...`). */
const noSteps = [/^\s*-[->]\s/, /^Running (action triggers|trigger:) /, /^No version detected for /];

/** What a person wants to see of a line: the step that a machine is at, or undefined. */
export function progressOf(line: VagrantLine): { machine: string; detail: string } | undefined {
  if (line.type !== 'ui') return undefined;
  const [level, text = ''] = line.data;
  if (level === 'error' || level === 'detail') return undefined;
  // Messages carry the machine's name once more, for eyes: `==> core-01: Starting domain.`
  const [, machine, message] = /^(?:==>|\s+)\s*([a-z0-9-]+): (.*)/s.exec(text) ?? [];
  const first = (message ?? text).split('\n')[0] ?? '';
  if (noSteps.some((pattern) => pattern.test(first))) return undefined;
  const detail = first.trim();
  const target = line.target !== '' ? line.target : (machine ?? '');
  return detail === '' || target === '' ? undefined : { machine: target, detail };
}

/** Why Vagrant failed, in its own words, shortest first. */
export function failureOf(lines: readonly VagrantLine[]): string[] {
  const said = lines.filter(({ type, data }) => type === 'error-exit' || (type === 'ui' && data[0] === 'error'));
  const texts = said.flatMap(({ type, data }) => (type === 'error-exit' ? data.slice(1) : data.slice(1, 2)));
  const words = texts.flatMap((text) => text.split('\n')).map((text) => text.replace(/^==> [^:]+: /, '').trim());
  return [...new Set(words)].filter((text) => text !== '' && !aboutErrors.some((phrase) => text.startsWith(phrase)));
}

/** What Vagrant says around an error when machines are brought up side by side. */
const aboutErrors = [
  'An error occurred',
  'Any errors that occurred are shown below.',
  'machine. Please handle this error then try again:',
];
