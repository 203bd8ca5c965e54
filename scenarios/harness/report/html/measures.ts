import { type Standing, againstPrediction, unpredicted } from '../against-prediction.ts';
import type { Measure, Prediction, RunReport } from '../run-report.ts';
import { type Markup, markup } from './markup.ts';
import { percentOf } from './scale.ts';
import { clock, duration } from './words.ts';

/** The named moments as a table: since the first, own step, and what the timers predict. */
export function moments({ timeline, faults }: RunReport): Markup {
  if (timeline.length === 0) return markup``;
  const zero = timeline[0]?.atMs;
  const sinces = timeline.map(({ atMs }) => (atMs === undefined || zero === undefined ? undefined : atMs - zero));
  const scaleMs = Math.max(...sinces.map((ms) => ms ?? 0), ...timeline.map(({ predicted }) => predicted?.maxMs ?? 0));
  return markup`<section id="moments" aria-labelledby="moments-h"><h2 id="moments-h">Step by step</h2>
<div class="wide"><table class="figures moments"><thead><tr><th scope="col">moment</th><th scope="col" class="num">since T0</th><th scope="col" class="num">step</th><th scope="col">predicted since T0</th><th scope="col">run’s clock</th></tr></thead>
<tbody>${timeline.map((moment, index) => {
    const since = sinces[index];
    const before = sinces.slice(0, index).findLast((ms) => ms !== undefined);
    return markup`<tr><th scope="row"><span class="t">T${index}</span> ${moment.name}${moment.detail !== '' && markup`<small>${moment.detail}</small>`}</th>
<td class="num">${since === undefined ? markup`<span class="never">never</span>` : since === 0 ? '0' : `+${duration(since)}`}</td>
<td class="num muted">${index > 0 && since !== undefined && before !== undefined && duration(since - before)}</td>
<td>${index > 0 && prediction(since, beyondThat(moment.predicted, timeline, index), scaleMs)}</td>
<td class="muted nowrap">${moment.atMs === undefined ? '–' : clock(moment.atMs)}</td></tr>`;
  })}</tbody></table></div>
<p class="muted">T0 is ${faults.length > 0 ? 'the fault' : 'the beginning of what is measured'}; “step” is the time since the moment before it.</p></section>`;
}

/** What adds up to a moment begins, as a rule, with what adds up to one before it: that is named, not repeated. */
function beyondThat(
  predicted: Prediction | undefined,
  timeline: RunReport['timeline'],
  index: number,
): Prediction | undefined {
  const earlier = timeline
    .slice(0, index)
    .findLastIndex((one) => predicted?.terms.startsWith(`${one.predicted?.terms} + `));
  const terms = timeline[earlier]?.predicted?.terms;
  if (predicted === undefined || terms === undefined) return predicted;
  return { ...predicted, terms: `T${earlier} ${predicted.terms.slice(terms.length).trimStart()}` };
}

/** One table for each group of measures: measured, predicted with its terms, and how they compare. */
export function measures({ measures: all }: RunReport): Markup {
  if (all.length === 0) return markup``;
  const groups = [...new Set(all.map(({ group }) => group))];
  return markup`<section id="measures" aria-labelledby="measures-h"><h2 id="measures-h">Measured and predicted</h2>
${groups.map((group) =>
  measureTable(
    group,
    all.filter((measure) => measure.group === group),
  ),
)}
<p class="muted">In the pictures the band is what the configured timers predict, the dot is what was measured; each table has its own scale.</p></section>`;
}

function measureTable(group: string | undefined, rows: readonly Measure[]): Markup {
  const scaleMs = Math.max(...rows.map(({ ms, predicted }) => Math.max(ms ?? 0, predicted?.maxMs ?? 0)));
  return markup`<div class="wide"><table class="figures measured">${group !== undefined && markup`<caption>${group}</caption>`}<thead><tr><th scope="col">measure</th><th scope="col" class="num">measured</th><th scope="col">predicted</th></tr></thead>
<tbody>${rows.map(
    ({
      name,
      ms,
      predicted,
      detail,
    }) => markup`<tr><th scope="row">${name}${detail !== undefined && detail !== '' && markup`<small>${detail}</small>`}</th>
<td class="num">${ms === undefined ? markup`<span class="never">never</span>` : duration(ms)}</td>
<td>${prediction(ms, predicted, scaleMs, unpredicted)}</td></tr>`,
  )}</tbody></table></div>`;
}

const standings: Readonly<Record<Standing, { symbol: string; word: string }>> = {
  within: { symbol: '✓', word: 'within' },
  sooner: { symbol: '↓', word: 'sooner' },
  later: { symbol: '↑', word: 'later' },
  never: { symbol: '✗', word: 'never' },
  unpredicted: { symbol: '', word: '' },
};

/** @param otherwise what to say where nothing was predicted */
function prediction(
  ms: number | undefined,
  predicted: Prediction | undefined,
  scaleMs: number,
  otherwise = '',
): Markup {
  const standing = againstPrediction(ms, predicted);
  const { symbol, word } = standings[standing];
  const range =
    predicted !== undefined &&
    (predicted.minMs === predicted.maxMs
      ? duration(predicted.maxMs)
      : `${duration(predicted.minMs)} – ${duration(predicted.maxMs)}`);
  return markup`<div class="prediction">${bar(ms, predicted, scaleMs)}<span>${
    predicted === undefined
      ? otherwise !== '' && markup`<small>${otherwise}</small>`
      : markup`<span class="standing ${standing}"><span aria-hidden="true">${symbol}</span> ${word}</span> ${range}<small>${predicted.terms}</small>`
  }</span></div>`;
}

function bar(ms: number | undefined, predicted: Prediction | undefined, scaleMs: number): Markup {
  const at = (value: number) => percentOf(value, scaleMs * 1.03);
  const [from, to] = predicted === undefined ? [0, 0] : [at(predicted.minMs), at(predicted.maxMs)];
  const told = `${ms === undefined ? 'never' : duration(ms)}${predicted === undefined ? '' : `, predicted ${duration(predicted.minMs)} to ${duration(predicted.maxMs)}`}`;
  return markup`<svg class="bar" role="img" aria-label="${told}" width="100%" height="14"><title>${told}</title><line class="rule" x1="0" x2="100%" y1="7" y2="7"/>${
    predicted !== undefined &&
    markup`<rect class="band" x="${from}%" y="2" width="${Math.max(0.8, to - from)}%" height="10" rx="2"/>`
  }${ms !== undefined && markup`<line class="reach" x1="0" x2="${at(ms)}%" y1="7" y2="7"/><circle cx="${at(ms)}%" cy="7" r="4"/>`}</svg>`;
}
