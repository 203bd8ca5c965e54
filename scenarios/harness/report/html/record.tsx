import { hundredths } from '#errors/seconds.ts';
import { isInitial } from '../../record/is-initial.ts';
import type { RunEvent } from '../../record/run-event.ts';
import { eventWords } from './event-words.ts';
import { Section } from './parts/section.tsx';
import { type Column, Table } from './parts/table.tsx';

const listedAtMost = 1_200;
const columns: readonly Column[] = [['run’s clock', 'num'], ['what was seen']];

/** The recorded events in words: what the timeline draws, for reading, searching and screen readers. */
export function EventRecord({ events }: { readonly events: readonly RunEvent[] }) {
  const listed = events.flatMap((event) => {
    const words = eventWords(event);
    return words === undefined ? [] : [{ words, at: isInitial(event) ? 'at first' : hundredths(event.atMs) }];
  });
  const left = listed.length - listedAtMost;
  return (
    <Section id="record" title="The record">
      <details>
        <summary>{listed.length} events in words</summary>
        <Table className="record" columns={columns}>
          {listed.slice(0, listedAtMost).map(({ at, words }, index) => (
            <tr key={index}>
              <td className="num">{at}</td>
              <td>{words}</td>
            </tr>
          ))}
        </Table>
        {left > 0 && <p className="muted">{left} more are in events.ndjson.</p>}
      </details>
    </Section>
  );
}
