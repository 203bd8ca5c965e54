import { CramMd5Exchange } from '../auth/cram-md5.ts';
import type { Principal } from '../auth/principal.ts';
import { ScramExchange } from '../auth/scram.ts';
import { opcodes } from '../wire/opcodes.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import { logIn } from './access.ts';
import type { Handler, HandlerContext } from './handler.ts';

/**
 * SASL: list of mechanisms, first message, next message. Newer SDKs use SCRAM-SHA512 on plain TCP whatever the list says; those up to 2.x
 * take CRAM-MD5 where it is listed, else PLAIN.
 */
export const saslHandlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [
    opcodes.saslList,
    ({ cluster }) => ({ status: statuses.success, value: Buffer.from(cluster.generation.mechanisms.join(' ')) }),
  ],
  [opcodes.saslAuth, start],
  [opcodes.saslStep, step],
]);

type Mechanism = (context: HandlerContext, message: string) => Response;

const mechanisms: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['SCRAM-SHA512', scram],
  ['CRAM-MD5', cramMd5],
  ['PLAIN', plain],
]);

function start(...[context, { key, value }]: Parameters<Handler>): ReturnType<Handler> {
  const { cluster, session } = context;
  session.user = undefined;
  session.bucket = undefined;
  session.access = undefined;
  session.saslStep = undefined;
  const name = key.toString('latin1');
  const mechanism = cluster.generation.mechanisms.includes(name) ? mechanisms.get(name) : undefined;
  if (mechanism === undefined) return failure(statuses.authError, `mechanism ${name.slice(0, 40)} is not offered`);
  return mechanism(context, value.toString('utf8'));
}

function step(...[{ session }, { value }]: Parameters<Handler>): ReturnType<Handler> {
  const next = session.saslStep;
  session.saslStep = undefined;
  return next?.(value.toString('utf8')) ?? failure(statuses.authError, 'no authentication was started');
}

const wrong = (): Response => failure(statuses.authError, 'user name or password is wrong');

function scram(context: HandlerContext, message: string): Response {
  const { authority, decoy, session } = context;
  let principal: Principal | undefined;
  const exchange = new ScramExchange((name) => {
    const person = authority.person(name);
    principal = person?.principal;
    return person?.credentials;
  }, decoy);
  const first = exchange.first(message);
  if (first.kind === 'failed') return wrong();
  session.saslStep = (answer) => {
    const final = exchange.final(answer);
    if (final.kind === 'failed' || principal === undefined) return wrong();
    logIn(context, principal);
    return { status: statuses.success, value: Buffer.from(final.message) };
  };
  return { status: statuses.authContinue, value: Buffer.from(first.message) };
}

function cramMd5(context: HandlerContext): Response {
  const { authority, session } = context;
  const exchange = new CramMd5Exchange();
  session.saslStep = (answer) => {
    const name = exchange.final(answer, (whose) => authority.md5Key(whose)?.key);
    const principal = name === undefined ? undefined : authority.md5Key(name)?.principal;
    if (principal === undefined) return wrong();
    logIn(context, principal);
    return { status: statuses.success, value: Buffer.from('Authenticated') };
  };
  return { status: statuses.authContinue, value: Buffer.from(exchange.challenge) };
}

/** PLAIN (RFC 4616): authorisation id, user and password separated by NUL. */
function plain(context: HandlerContext, message: string): Response {
  const [, name = '', password = ''] = message.split('\0');
  const principal = context.authority.identify(name, password);
  if (principal === undefined) return wrong();
  logIn(context, principal);
  return { status: statuses.success, value: Buffer.from('Authenticated') };
}
