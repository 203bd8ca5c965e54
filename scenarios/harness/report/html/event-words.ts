import type { RunEvent } from '../../event-log.ts';

type EventData = Readonly<Record<string, string | number | null | undefined>>;

const sentences: Readonly<Record<string, (data: EventData) => string>> = {
  command: ({ command }) => `$ ${command ?? ''}`,
  note: ({ text }) => String(text),
  phase: ({ name }) => `phase: ${name ?? ''}`,
  fault: ({ name, fault }) => `fault: ${name ?? fault ?? ''}`,
  'fault-undone': ({ id, fault }) => `fault undone: ${id ?? fault ?? ''}`,
  'machine-gone': ({ machine }) => `fleet no longer lists ${machine ?? ''}`,
  'machine-present': ({ machine }) => `fleet lists ${machine ?? ''}`,
  'unit-target': ({ unit, from, to, reason }) =>
    `${unit ?? ''}: ${from ?? 'nowhere'} → ${to ?? 'no machine'}${reason ? ` (${reason})` : ''}`,
  'unit-state': ({ unit, machine, state }) => `${unit ?? ''} on ${machine ?? ''}: ${state ?? 'no state published'}`,
  'key-set': ({ key, value }) => `${key ?? ''} = ${value ?? ''}`,
  'key-gone': ({ key }) => `${key ?? ''} is gone`,
  'page-connected': ({ machine }) => `page on ${machine ?? ''}: browser connected`,
  'page-disconnected': ({ machine, reason }) => `page on ${machine ?? ''}: browser disconnected (${reason ?? ''})`,
  'page-message': ({ machine, rows }) => `page on ${machine ?? ''}: ${rows ?? 0} rows`,
  'wait-held': ({ condition }) => `held: ${condition ?? ''}`,
  'probe-failing': ({ probe, machine, error }) => `probe ${probe ?? ''} ${machine ?? ''} failing: ${error ?? ''}`,
  'probe-ok': ({ probe, machine }) => `probe ${probe ?? ''} ${machine ?? ''} answers again`,
  error: ({ message }) => `error: ${message ?? ''}`,
};

/** An event as a person would say it; undefined for those that only a program needs. */
export function eventWords({ type, data }: RunEvent): string | undefined {
  return sentences[type]?.(data as EventData);
}
