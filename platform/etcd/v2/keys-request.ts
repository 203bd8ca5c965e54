import type { Form } from './form.ts';
import { refusal, type Refusal } from './refusal.ts';

/** A request for `/v2/keys`, read and checked (etcd documentation "v2 API"). */
export interface KeysRequest {
  readonly method: KeysMethod;
  /** Cleaned, begins with a slash. */
  readonly path: string;
  readonly value: string;
  readonly dir: boolean;
  /** Seconds; undefined: none given. */
  readonly ttl: bigint | undefined;
  readonly refresh: boolean;
  readonly prevExist: boolean | undefined;
  /** '' : no such condition. */
  readonly prevValue: string;
  /** 0: no such condition. */
  readonly prevIndex: bigint;
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly quorum: boolean;
  readonly wait: boolean;
  /** 0: from now on. */
  readonly waitIndex: bigint;
  readonly stream: boolean;
  readonly noValueOnSuccess: boolean;
}

export const keysMethods = ['HEAD', 'GET', 'PUT', 'POST', 'DELETE'] as const;
export type KeysMethod = (typeof keysMethods)[number];

/** Unknown fields are passed over, as etcd does. Checks come in etcd's order, so that the first mistake is the one named. */
export function readKeysRequest(method: KeysMethod, path: string, form: Form): KeysRequest | Refusal {
  const mistakes: Refusal[] = [];
  const index = (name: string) => {
    const number = uint64(form.get(name)?.[0] ?? '0');
    if (number === undefined) mistakes.push(refusal(203, `invalid value for "${name}"`));
    return number ?? 0n;
  };
  const flag = (name: string, shown = `"${name}"`) => {
    const [given] = form.get(name) ?? [];
    if (given !== undefined && !isBoolean(given)) mistakes.push(refusal(209, `invalid value for ${shown}`));
    return given === undefined ? undefined : truths.includes(given);
  };
  const text = (name: string) => form.get(name)?.[0] ?? '';

  const [prevIndex, waitIndex] = [index('prevIndex'), index('waitIndex')];
  const [recursive, sorted, wait] = [flag('recursive'), flag('sorted'), flag('wait')];
  const [dir, quorum, stream] = [flag('dir'), flag('quorum'), flag('stream')];
  if (wait === true && method !== 'GET') mistakes.push(refusal(209, '"wait" can only be used with GET requests'));
  if (form.has('prevValue') && text('prevValue') === '') mistakes.push(refusal(201, '"prevValue" cannot be empty'));
  const noValueOnSuccess = flag('noValueOnSuccess');
  const ttl = text('ttl') === '' ? undefined : uint64(text('ttl'));
  if (text('ttl') !== '' && ttl === undefined) mistakes.push(refusal(202, 'invalid value for "ttl"'));
  const prevExist = flag('prevExist', 'prevExist');
  const refresh = flag('refresh', 'refresh');
  if (refresh === true && text('value') !== '') mistakes.push(refusal(211, 'A value was provided on a refresh'));
  if (refresh === true && ttl === undefined) mistakes.push(refusal(212, 'No TTL value set'));

  const [mistake] = mistakes;
  if (mistake) return mistake;
  return {
    method,
    path,
    value: text('value'),
    dir: dir === true,
    ttl,
    refresh: refresh === true,
    prevExist,
    prevValue: text('prevValue'),
    prevIndex,
    recursive: recursive === true,
    sorted: sorted === true,
    quorum: quorum === true,
    wait: wait === true,
    waitIndex,
    stream: stream === true,
    noValueOnSuccess: noValueOnSuccess === true,
  };
}

/** Go's strconv.ParseBool. */
const truths: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const untruths: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function isBoolean(text: string): boolean {
  return truths.includes(text) || untruths.includes(text);
}

const largestUint64 = 2n ** 64n - 1n;

function uint64(text: string): bigint | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const number = BigInt(text);
  return number > largestUint64 ? undefined : number;
}
