import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkPassword, createCredentials } from '#apps/couchbase/src/auth/credentials.ts';
import { ScramExchange } from '#apps/couchbase/src/auth/scram.ts';

const administrator = createCredentials('Admin=, istrator', 'Päss1');
const decoy = createCredentials('', 'decoy');
const exchange = () => new ScramExchange((user) => (user === administrator.user ? administrator : undefined), decoy);

/** A client after RFC 5802, written apart from the server's code. */
function clientFinal(
  password: string,
  bare: string,
  serverFirst: string,
  channel = 'biws',
): { message: string; signature: string } {
  const {
    r = '',
    s = '',
    i = '',
  } = Object.fromEntries(serverFirst.split(',').map((part) => [part[0] ?? '', part.slice(2)]));
  const mac = (key: Buffer, text: string) => createHmac('sha512', key).update(text).digest();
  const salted = pbkdf2Sync(password, Buffer.from(s, 'base64'), Number(i), 64, 'sha512');
  const clientKey = mac(salted, 'Client Key');
  const transcript = `${bare},${serverFirst},c=${channel},r=${r}`;
  const signature = mac(createHash('sha512').update(clientKey).digest(), transcript);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
  return {
    message: `c=${channel},r=${r},p=${proof.toString('base64')}`,
    signature: mac(mac(salted, 'Server Key'), transcript).toString('base64'),
  };
}

function attempt(name: string, password: string, channel?: string) {
  const server = exchange();
  const bare = `n=${name},r=clientnonce`;
  const first = server.first(`n,,${bare}`);
  if (first.kind === 'failed') return first;
  const { message, signature } = clientFinal(password, bare, first.message, channel);
  const last = server.final(message);
  return last.kind === 'failed' ? last : { kind: last.kind, verified: last.message === `v=${signature}` };
}

test('the right password is accepted and the server proves itself; = and , in a name are escaped', () => {
  expect(attempt('Admin=3D=2C istrator', 'Päss1')).toEqual({ kind: 'done', verified: true });
});

test.each([
  ['wrong password', 'Admin=3D=2C istrator', 'Pass1', undefined],
  ['unknown user', 'nobody', 'Päss1', undefined],
  ['unknown user with the password of the decoy', 'nobody', 'decoy', undefined],
  ['another channel binding', 'Admin=3D=2C istrator', 'Päss1', 'eSws'],
])('%s', (_, name, password, channel) => {
  expect(attempt(name, password, channel)).toEqual({ kind: 'failed' });
});

test('messages out of order or out of shape fail', () => {
  expect(exchange().final('c=biws,r=x,p=eA==')).toEqual({ kind: 'failed' });
  expect(exchange().first('p=tls-unique,,n=a,r=b')).toEqual({ kind: 'failed' });
  expect(exchange().first('')).toEqual({ kind: 'failed' });
});

test('plain passwords', () => {
  expect(checkPassword(administrator, 'Admin=, istrator', 'Päss1')).toBe(true);
  expect(checkPassword(administrator, 'Admin', 'Päss1')).toBe(false);
  expect(checkPassword(administrator, 'Admin=, istrator', '')).toBe(false);
});
