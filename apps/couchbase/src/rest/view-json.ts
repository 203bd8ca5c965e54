import { LabError } from '../../../../errors/lab-error.ts';
import type { Page, ViewAnswer } from '../views/service/answer.ts';

/**
 * The answer to a query in the JSON shape clients expect, a page of rows at a time. What goes wrong when rows are on their way already is
 * told behind them, in `errors`, as the real server does.
 */
export async function* viewJson(answer: ViewAnswer, debug: boolean): AsyncGenerator<Buffer> {
  const total = answer.totalRows === undefined ? '' : `"total_rows":${answer.totalRows},`;
  let { rows } = answer.first;
  yield Buffer.concat([Buffer.from(`{${total}"rows":[`), answer.first.body]);
  let errors = '';
  try {
    for await (const page of answer.rest()) {
      if (page.rows > 0) yield piece(page, rows === 0);
      rows += page.rows;
    }
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    errors = `,"errors":${JSON.stringify([{ from: 'local', reason: error.message }])}`;
  }
  yield Buffer.from(`]${debug ? `,"debug_info":${JSON.stringify({ local: { rows } })}` : ''}${errors}}`);
}

function piece(page: Page, isFirst: boolean): Buffer {
  return isFirst ? page.body : Buffer.concat([Buffer.from(','), page.body]);
}
