import { checkPassword } from '../auth/credentials.ts';
import { ScramExchange, type ScramStep } from '../auth/scram.ts';
import { opcodes } from '../wire/opcodes.ts';
import { failure, type Response } from '../wire/response.ts';
import { statuses } from '../wire/status.ts';
import type { Handler, HandlerContext } from './handler.ts';

/** SASL: list of mechanisms, first message, next message. SDKs use SCRAM-SHA512 on plain TCP whatever the list says. */
export const saslHandlers: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [opcodes.saslList, () => ({ status: statuses.success, value: Buffer.from('SCRAM-SHA512 PLAIN') })],
  [opcodes.saslAuth, start],
  [opcodes.saslStep, step],
]);

function start(...[context, { key, value }]: Parameters<Handler>): ReturnType<Handler> {
  const { cluster, session, decoy } = context;
  session.user = undefined;
  session.bucket = undefined;
  session.scram = undefined;
  const mechanism = key.toString('latin1');
  if (mechanism === 'PLAIN') return plain(context, value);
  if (mechanism !== 'SCRAM-SHA512')
    return failure(statuses.authError, `mechanism ${mechanism.slice(0, 40)} is not offered`);
  const { credentials } = cluster;
  session.scram = new ScramExchange((user) => (user === credentials?.user ? credentials : undefined), decoy);
  return answer(context, session.scram.first(value.toString('utf8')));
}

function step(...[context, { value }]: Parameters<Handler>): ReturnType<Handler> {
  const exchange = context.session.scram;
  context.session.scram = undefined;
  if (exchange === undefined) return failure(statuses.authError, 'no authentication was started');
  return answer(context, exchange.final(value.toString('utf8')));
}

function answer({ cluster, session }: HandlerContext, result: ScramStep): Response {
  if (result.kind === 'failed') return failure(statuses.authError, 'user name or password is wrong');
  if (result.kind === 'done') session.user = cluster.credentials?.user;
  const status = result.kind === 'done' ? statuses.success : statuses.authContinue;
  return { status, value: Buffer.from(result.message) };
}

/** PLAIN (RFC 4616): authorisation id, user and password separated by NUL. */
function plain({ cluster, session }: HandlerContext, value: Buffer): Response {
  const [, user = '', password = ''] = value.toString('utf8').split('\0');
  const { credentials } = cluster;
  if (credentials === undefined || !checkPassword(credentials, user, password)) {
    return failure(statuses.authError, 'user name or password is wrong');
  }
  session.user = user;
  return { status: statuses.success };
}
