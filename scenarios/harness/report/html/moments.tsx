import { hundredths } from '#errors/seconds.ts';
import type { Prediction, RunReport, TimelineStep } from '../../record/run-report.ts';
import { Never } from './measures.tsx';
import { PredictionCell } from './prediction.tsx';
import { Section } from './parts/section.tsx';
import { type Column, WideTable } from './parts/table.tsx';
import { duration } from './parts/words.ts';

const columns: readonly Column[] = [
  ['moment'],
  ['since T0', 'num'],
  ['step', 'num'],
  ['predicted since T0'],
  ['run’s clock'],
];

/** The named moments as a table: since the first, own step, and what the timers predict. */
export function Moments({ report: { timeline, faults } }: { readonly report: RunReport }) {
  const zero = timeline[0]?.atMs;
  const sinces = timeline.map(({ atMs }) => (atMs === undefined || zero === undefined ? undefined : atMs - zero));
  const scaleMs = Math.max(...sinces.map((ms) => ms ?? 0), ...timeline.map(({ predicted }) => predicted?.maxMs ?? 0));
  return (
    <Section id="moments" title="Step by step">
      <WideTable className="figures moments" columns={columns}>
        {timeline.map((moment, index) => (
          <Moment
            key={index}
            index={index}
            moment={{ ...moment, predicted: beyondThat(moment.predicted, timeline, index) }}
            since={sinces[index]}
            before={sinces.slice(0, index).findLast((ms) => ms !== undefined)}
            scaleMs={scaleMs}
          />
        ))}
      </WideTable>
      <p className="muted">
        T0 is {faults.length > 0 ? 'the fault' : 'the beginning of what is measured'}; “step” is the time since the
        moment before it.
      </p>
    </Section>
  );
}

function Moment(props: {
  readonly index: number;
  readonly moment: Omit<TimelineStep, 'predicted'> & { readonly predicted: Prediction | undefined };
  /** Since the first moment, ms; undefined: it never happened. */
  readonly since: number | undefined;
  /** The same of the last moment before it that happened. */
  readonly before: number | undefined;
  readonly scaleMs: number;
}) {
  const { index, moment, since, before, scaleMs } = props;
  const { name, detail, atMs, predicted } = moment;
  return (
    <tr>
      <th scope="row">
        <span className="t">T{index}</span> {name}
        {detail !== '' && <small>{detail}</small>}
      </th>
      <td className="num">{since === undefined ? <Never /> : since === 0 ? '0' : `+${duration(since)}`}</td>
      <td className="num muted">
        {index > 0 && since !== undefined && before !== undefined && duration(since - before)}
      </td>
      <td>{index > 0 && <PredictionCell ms={since} predicted={predicted} scaleMs={scaleMs} />}</td>
      <td className="muted nowrap">{atMs === undefined ? '–' : hundredths(atMs)}</td>
    </tr>
  );
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
