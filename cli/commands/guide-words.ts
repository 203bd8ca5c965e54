import { hintsFor } from '#guide/conditions/hints.ts';
import { filled } from '#guide/conditions/values.ts';
import { holds } from '#guide/walk/check-step.ts';
import { checkNow, knownValues, openReading } from '#guide/walk/reading.ts';
import { lookFrom, wordsOf } from '../guide-place.ts';
import type { Invocation } from '../invocation.ts';
import { requireRoot } from '../open-lab.ts';
import { renderHint, renderWhy } from '../render/guide.ts';
import { printOut } from '../render/terminal.ts';

interface Json {
  readonly json?: boolean;
}

/** `lab guide hint`: what is missing, what the lab itself says of it, and then the step's own hints. */
export async function guideHint(from: Invocation, options: Json): Promise<void> {
  requireRoot();
  const before = await openReading(from.repoDir, process.cwd());
  const { judged, seen, reading } = await checkNow(before, lookFrom(from), true);
  const words = wordsOf(reading, seen);
  const values = knownValues(reading);
  const done = holds(judged);
  const { step } = reading;
  const shown = {
    step: { number: step.number, id: step.id, title: step.title },
    done,
    missing: judged.flatMap(({ missing }) => missing ?? []),
    lab: done
      ? []
      : hintsFor(
          step.check.map((one) => filled(one, values)),
          seen,
        ),
    hints: done ? [] : step.hints.map(words),
  };
  if (options.json === true) console.log(JSON.stringify(shown));
  else printOut(renderHint(shown));
}

/** `lab guide why`: needs no lab. */
export async function guideWhy(from: Invocation, options: Json & { answers?: boolean }): Promise<void> {
  const reading = await openReading(from.repoDir, process.cwd());
  const words = wordsOf(reading, undefined);
  const { step } = reading;
  const shown = {
    step: { number: step.number, id: step.id, title: step.title },
    why: words(step.why),
    questions: step.question.map(({ ask, answer }) => ({
      ask: words(ask),
      ...(options.answers === true ? { answer: words(answer) } : {}),
    })),
  };
  if (options.json === true) console.log(JSON.stringify(shown));
  else printOut(renderWhy(shown));
}
