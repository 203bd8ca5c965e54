import type { RunEvent } from '../../event-log.ts';
import type { RunReport } from '../run-report.ts';
import { type Markup, markup } from './markup.ts';
import { clock, duration, shortUnit } from './words.ts';

/** Faults, the engine's decisions, probes, what the harness cost. */
export function details(report: RunReport): Markup {
  return markup`${faults(report)}${decisions(report)}${probes(report)}${harness(report)}`;
}

function faults({ faults: all }: RunReport): Markup | false {
  return (
    all.length > 0 &&
    markup`<section id="faults" aria-labelledby="faults-h"><h2 id="faults-h">Faults</h2><div class="wide"><table class="stacked faulted"><thead><tr><th scope="col">fault</th><th scope="col">machine</th><th scope="col" class="num">from</th><th scope="col" class="num">to</th><th scope="col" class="num">lasted</th></tr></thead><tbody>${all.map(
      ({ name, machine, fromMs, toMs }) =>
        markup`<tr><th scope="row">${name}</th><td>${machine}</td><td class="num">${clock(fromMs)}</td><td class="num">${clock(toMs)}</td><td class="num">${duration(toMs - fromMs)}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}

function decisions({ decisions: all }: RunReport): Markup | false {
  return (
    all.length > 0 &&
    markup`<section id="decisions" aria-labelledby="decisions-h"><h2 id="decisions-h">What the engine decided, and why</h2><div class="wide"><table class="decisions"><thead><tr><th scope="col" class="num">at</th><th scope="col">decision</th><th scope="col">reason, in fleet’s own words</th><th scope="col">engine on</th></tr></thead><tbody>${all.map(
      ({ atMs, kind, unit, from, to, reason, engine }) =>
        markup`<tr><td class="num">${clock(atMs)}</td><td><strong>${kind}</strong> ${shortUnit(unit)}<small>${from ?? ''}${(from ?? to) !== undefined && ' → '}${to ?? (from !== undefined && 'no machine')}</small></td><td>${reason}</td><td>${engine}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}

function probes({ probes: all }: RunReport): Markup | false {
  return (
    all.length > 0 &&
    markup`<section id="probes" aria-labelledby="probes-h"><h2 id="probes-h">Probes</h2><div class="wide"><table class="stacked asked"><thead><tr><th scope="col">probe</th><th scope="col" class="num">asked</th><th scope="col" class="num">failed</th><th scope="col" class="num">median</th><th scope="col" class="num">99th per cent</th><th scope="col" class="num">worst</th><th scope="col" class="num">longest outage</th></tr></thead><tbody>${all.map(
      ({ probe, asked, failed, medianMs, p99Ms, worstMs, longestOutageMs }) =>
        markup`<tr><th scope="row">${probe}</th><td class="num">${asked}</td><td class="num">${failed}${asked > 0 && failed > 0 && ` (${((100 * failed) / asked).toFixed(1)} %)`}</td><td class="num">${duration(medianMs)}</td><td class="num">${duration(p99Ms)}</td><td class="num">${duration(worstMs)}</td><td class="num">${longestOutageMs > 0 ? duration(longestOutageMs) : 'none'}</td></tr>`,
    )}</tbody></table></div><p class="muted">An outage is a stretch without one good answer from any machine.</p></section>`
  );
}

function harness({ harness: { probeCpuPercent, clockErrorMs }, lab }: RunReport): Markup {
  const timers = Object.entries(lab.timers).map(([name, value]) => `${name} ${value}`);
  return markup`<section id="harness" aria-labelledby="harness-h"><h2 id="harness-h">How far to trust the figures</h2><dl class="facts">
<div><dt>probes’ own load</dt><dd>${probeCpuPercent === undefined ? 'not measured' : `${probeCpuPercent.toFixed(1)} % of one core`}</dd></div>
<div><dt>clock error against the machines’ journals</dt><dd>${clockErrorMs === undefined ? 'not measured' : `at most ${duration(clockErrorMs)}`}</dd></div></dl>
<details><summary>Configured timers</summary><p class="mono">${timers.join(' · ')}</p></details></section>`;
}

const listedTypes: Readonly<Record<string, (data: Record<string, string | number | null | undefined>) => string>> = {
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

const listedAtMost = 1_200;

/** The recorded events in words: what the timeline draws, for reading, searching and screen readers. */
export function record(events: readonly RunEvent[]): Markup {
  const listed = events.flatMap(({ atMs, type, data }) => {
    const words = listedTypes[type]?.(data as Record<string, string | number | null | undefined>);
    return words === undefined ? [] : [{ atMs, words, initial: data['initial'] === true }];
  });
  const left = listed.length - listedAtMost;
  return markup`<section id="record" aria-labelledby="record-h"><h2 id="record-h">The record</h2><details><summary>${listed.length} events in words</summary><table class="record"><thead><tr><th scope="col" class="num">run’s clock</th><th scope="col">what was seen</th></tr></thead><tbody>${listed
    .slice(0, listedAtMost)
    .map(
      ({ atMs, words, initial }) =>
        markup`<tr><td class="num">${initial ? 'at first' : clock(atMs)}</td><td>${words}</td></tr>`,
    )}</tbody></table>${left > 0 && markup`<p class="muted">${left} more are in events.ndjson.</p>`}</details></section>`;
}
