import { HttpLines } from './http-ask.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { Questions } from './questions.ts';

/** Every so many questions the visitor asks for the server's count of visits instead of the page. */
const visitsEvery = 10;

/**
 * One visitor with one session cookie who loads the page of each machine in turn. The web app sends the cookie with every page
 * (the session changed: one more visit), so a new id there is a lost session; `/session` tells the count of visits.
 */
export function pageProbe({ settings, clock, report }: ProbeContext): Probe {
  const { deadlineMs, pages } = settings;
  const questions = new Questions({ probe: 'page', deadlineMs, clock, report });
  const lines = new HttpLines();
  let cookie: string | undefined;
  let turn = 0;
  return {
    name: 'page',
    trouble: () => (pages.length === 0 ? 'no machine to ask' : undefined),
    ask: () => {
      questions.expire();
      const page = pages[turn % pages.length];
      if (page === undefined) return;
      turn += 1;
      const wantsVisits = turn % visitsEvery === 0;
      const sent = cookie;
      const question = questions.begin({ machine: page.machine }, () => giveUp());
      const giveUp = lines.ask(
        {
          host: page.host,
          port: page.port,
          method: 'GET',
          path: wantsVisits ? '/session' : '/',
          headers: sent === undefined ? {} : { cookie: sent },
        },
        (answer, error) => {
          if (answer === undefined) return question.failed(error);
          if (answer.status !== 200) return question.failed(`HTTP ${answer.status}`);
          const given = sessionCookie(answer.cookies);
          // Of several questions sent with a session that is gone, the first answer counts; the others' new ones are dropped.
          if (given !== undefined && cookie === sent) cookie = given;
          const visits = wantsVisits ? visitsOf(answer.body) : undefined;
          question.ok({
            ...(cookie !== undefined && { session: sessionId(cookie) }),
            ...(visits !== undefined && { visits }),
          });
        },
      );
    },
    finish: () => questions.finish(),
    disconnect: (reason) => {
      questions.abandon(reason);
      lines.destroy();
    },
  };
}

/** `connect.sid=...` as it is sent back: without its attributes. */
export function sessionCookie(header: readonly string[]): string | undefined {
  return header.find((line) => line.startsWith('connect.sid='))?.split(';')[0];
}

/** The session's id in a signed cookie of express-session: `s:<id>.<signature>`, percent-encoded. */
export function sessionId(cookie: string): string {
  const value = cookie.slice(cookie.indexOf('=') + 1);
  const id = /^s(?::|%3A)([^.]*)\./i.exec(value)?.[1];
  return id ?? value;
}

function visitsOf(body: string): number | undefined {
  const visits = /"visits":(\d+)/.exec(body)?.[1];
  return visits === undefined ? undefined : Number(visits);
}
