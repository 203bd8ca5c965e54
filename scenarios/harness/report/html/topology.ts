import type { ClusterSnapshot } from '../run-report.ts';
import { type Markup, markup } from './markup.ts';
import { clock, shortKey, shortUnit } from './words.ts';

type Machine = ClusterSnapshot['machines'][number];
type Unit = ClusterSnapshot['units'][number];

/** Each snapshot as a column: the machines with their units, what has no machine, and the discovery keys. */
export function topology(snapshots: readonly ClusterSnapshot[]): Markup {
  if (snapshots.length === 0) return markup``;
  const rows = Math.max(...snapshots.map(({ machines }) => machines.length)) + 3;
  return markup`<section id="machines" aria-labelledby="machines-h"><h2 id="machines-h">The machines</h2>
<div class="snapshots" style="--rows:${rows}">${snapshots.map((snapshot, index) => column(snapshot, snapshots[index - 1]))}</div></section>`;
}

function column(snapshot: ClusterSnapshot, previous: ClusterSnapshot | undefined): Markup {
  const homeless = snapshot.units.filter((unit) => unit.states.length === 0 && unit.target === undefined);
  return markup`<article class="snapshot"><h3>${snapshot.label} <span class="muted">at ${clock(snapshot.atMs)}</span></h3>
${snapshot.machines.map((machine, index) => machineCard(machine, index, snapshot, previous))}
<div class="homeless">${
    homeless.length > 0 &&
    markup`<h4>No machine for</h4><ul class="units">${homeless.map(
      ({ name, reason }) =>
        markup`<li class="unit lost"><span><span aria-hidden="true">○</span> ${shortUnit(name)}</span>${reason !== undefined && markup`<small>${reason}</small>`}</li>`,
    )}</ul>`
  }</div>
${keys(snapshot, previous)}</article>`;
}

function machineCard(
  machine: Machine,
  index: number,
  snapshot: ClusterSnapshot,
  previous: ClusterSnapshot | undefined,
): Markup {
  const here = unitsOn(snapshot, machine.name);
  const before = previous === undefined ? undefined : unitsOn(previous, machine.name).map(({ name }) => name);
  const away = machine.state !== 'running';
  const badges = [
    ...(away ? [] : [machine.etcd === 'unknown' ? 'etcd ?' : `etcd ${machine.etcd}`]),
    ...(machine.engine ? ['fleet engine'] : []),
    ...(machine.listed ? [] : ['not listed by fleet']),
  ];
  return markup`<div class="machine m${index % 5}${away && ' away'}">
<h4>${machine.name} <span class="muted">${machine.address}</span>${away && markup` <strong class="state">${machine.state}</strong>`}</h4>
<p class="badges">${badges.map((badge) => markup`<span${(badge === 'etcd leader' || badge === 'fleet engine') && markup` class="leads"`}>${badge}</span> `)}</p>
${
  here.length === 0
    ? markup`<p class="muted none">no units</p>`
    : markup`<ul class="units">${here.map((unit) => unitChip(unit, machine.name, before))}</ul>`
}</div>`;
}

const unitsOn = ({ units }: ClusterSnapshot, machine: string): Unit[] =>
  units.filter(({ states, target }) =>
    states.length === 0 ? target === machine : states.some((state) => state.machine === machine),
  );

function unitChip(unit: Unit, machine: string, before: readonly string[] | undefined): Markup {
  const state = unit.states.find((one) => one.machine === machine)?.state ?? 'no state yet';
  const arrived = before !== undefined && !before.includes(unit.name);
  const kind = state === 'active/running' ? 'running' : state.startsWith('failed') ? 'failed' : 'changing';
  const symbol = { running: '●', failed: '✗', changing: '◐' }[kind];
  return markup`<li class="unit ${kind}${arrived && ' arrived'}"><span><span aria-hidden="true">${symbol}</span> ${shortUnit(unit.name)}</span>${
    kind !== 'running' && markup`<small>${state}</small>`
  }${arrived && markup`<small class="new">arrived</small>`}</li>`;
}

function keys(snapshot: ClusterSnapshot, previous: ClusterSnapshot | undefined): Markup {
  const names = [...new Set([...Object.keys(previous?.keys ?? {}), ...Object.keys(snapshot.keys)])].sort();
  if (names.length === 0) return markup`<div class="keys"></div>`;
  return markup`<div class="keys"><h4>Discovery keys</h4><table><tbody>${names.map((name) => {
    const value = snapshot.keys[name];
    const changed = previous !== undefined && previous.keys[name] !== value;
    return markup`<tr${changed && markup` class="changed"`}><th scope="row">${shortKey(name)}</th><td>${value ?? 'gone'}${
      changed && value !== undefined && markup` <small class="new">changed</small>`
    }</td></tr>`;
  })}</tbody></table></div>`;
}
