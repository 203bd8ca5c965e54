import { describe, expect, test } from 'vitest';
import { besideEtcd } from './beside-etcd.ts';
import { comparable, http } from './start-v2.ts';

const { etcd, ours } = besideEtcd();

type Request = readonly [method: string, path: string, body?: string];

async function sameAnswers(requests: readonly Request[]): Promise<void> {
  const theirs = etcd.endpoints[0] ?? '';
  for (const [method, path, body] of requests) {
    const [mine, real] = [await http(ours.url, method, path, body), await http(theirs, method, path, body)];
    const what = `${method} ${path}${body === undefined ? '' : ` (${body.slice(0, 80)})`}`;
    expect({ what, ...comparable(mine) }).toEqual({ what, ...comparable(real) });
  }
}

/** `METHOD /path?query body`, below a directory of the case's own. */
function script(root: string, lines: readonly string[]): Request[] {
  return lines.map((line) => {
    const [method = '', path = '', body] = line.split(' ');
    return body === undefined ? [method, `/v2/keys/${root}${path}`] : [method, `/v2/keys/${root}${path}`, body];
  });
}

const cases: Record<string, string[]> = {
  'keys': [
    'GET ', 'PUT /a value=1', 'GET /a', 'PUT /a value=2', 'PUT /a value=', 'GET /a', 'PUT /a', 'GET /a/b', 'PUT /a/b value=1', 'PUT /a/b/c value=1', 'GET /a/b/c/d', 'GET /nope/x/y',
    'PUT /b?value=query', 'PUT /b?value=query value=body', 'DELETE /b', 'DELETE /b', 'GET /', 'HEAD /a', 'HEAD /nope', 'PUT /html value=%3Ca%3E%26%22%5C%E2%80%A8', 'GET /html',
    'PUT /uni%C3%A9/%F0%9F%98%80 value=%C3%A9', 'GET /uni%C3%A9', 'PUT /sp%20ace/x%2Fy value=a+b%20c', 'GET /sp%20ace?recursive=true', 'PUT /plus+x value=1', 'GET /plus+x', 'GET ?recursive=true&sorted=true',
  ],
  'directories': [
    'PUT /d dir=true', 'PUT /d dir=true', 'PUT /d value=1', 'PUT /d?prevExist=true dir=true', 'PUT /d?prevExist=true value=x', 'PUT /d/e/f/ dir=true&value=ignored', 'GET /d', 'GET /d?recursive=true', 'DELETE /d', 'DELETE /d?dir=true',
    'DELETE /d/e/f?dir=true', 'GET /d/e', 'DELETE /d?recursive=true', 'GET /d', 'PUT /x/y/z value=1', 'DELETE /x/y/z', 'GET /x/y', 'GET /x?recursive=true', 'DELETE /x/y?dir=true', 'GET /x', 'DELETE /x?dir=true', 'GET /x',
    'PUT /f value=1', 'PUT /f dir=true', 'GET /f', 'PUT /g value=1', 'PUT /g?prevExist=true dir=true&value=3', 'DELETE /g?dir=true', 'PUT /h value=1', 'DELETE /h?recursive=true', 'PUT /i?prevExist=false dir=true', 'PUT /i?prevExist=false dir=true',
    'PUT /f?prevValue=1 value=2', 'DELETE /f?prevValue=1', 'PUT /f?prevIndex=1 value=2', 'DELETE /f?prevIndex=1&recursive=true', 'POST /f dir=true', 'PUT /f?refresh=true&ttl=9',
  ],
  'conditions': [
    'PUT /a?prevExist=true value=1', 'PUT /a?prevExist=false value=1', 'PUT /a?prevExist=false value=1', 'PUT /a?prevExist=true value=2', 'PUT /a?prevValue=1 value=3', 'PUT /a?prevValue=2 value=3', 'PUT /a?prevValue=x&prevIndex=999999 value=4', 'PUT /a?prevValue=3&prevIndex=999999 value=4',
    'PUT /a?prevIndex=999999 value=4', 'DELETE /a?prevValue=x', 'DELETE /a?prevIndex=999999', 'DELETE /a?prevIndex=999999&prevValue=y', 'DELETE /a?prevValue=3', 'DELETE /a?prevValue=3', 'PUT /a?prevValue=3 value=4', 'PUT /n/m?prevValue=3 value=4',
    'PUT /b value=1', 'PUT /b?prevExist=true&prevValue=1 value=2', 'PUT /b?prevExist=false&prevValue=1 value=2', 'PUT /b?prevExist=false&prevValue=1 value=2', 'PUT /b?prevIndex=0 value=5', 'PUT /b/c?prevExist=true value=5', 'PUT /b/c?prevValue=1 value=5', 'DELETE /b/c', 'PUT /b?noValueOnSuccess=true value=1', 'PUT /b?prevValue=1&noValueOnSuccess=1 value=2', 'DELETE /b?noValueOnSuccess=true',
  ],
  'keys in order': ['POST /q value=1', 'POST /q value=2', 'GET /q?sorted=true', 'POST /q dir=true', 'PUT /f value=1', 'POST /f value=1', 'POST /f/g value=1', 'POST /new/q value=x&ttl=100', 'GET /new?recursive=true', 'POST /q?noValueOnSuccess=true value=1'],
  'hidden': ['PUT /_x value=1', 'GET /_x', 'GET /', 'GET /?recursive=true', 'PUT /d/_h/y value=1', 'GET /d', 'GET /d?recursive=true', 'GET /d/_h', 'DELETE /d?dir=true', 'DELETE /d?recursive=true', 'GET /d/_h'],
  'times to live': [
    'PUT /a value=1&ttl=100', 'GET /a', 'PUT /a value=2', 'GET /a', 'PUT /a value=3&ttl=50', 'PUT /a?prevExist=true value=3&ttl=', 'GET /a', 'PUT /d dir=true&ttl=100', 'GET /d', 'GET /', 'PUT /d?prevExist=true dir=true&ttl=200', 'PUT /d?prevExist=true dir=true', 'GET /d',
    'PUT /a refresh=true&ttl=70', 'GET /a', 'PUT /a refresh=true&ttl=70', 'PUT /a?prevExist=true refresh=true&ttl=80', 'PUT /a?prevValue=3 refresh=true&ttl=90', 'PUT /a?prevExist=false refresh=true&ttl=90', 'PUT /no refresh=true&ttl=90', 'PUT /no?prevExist=true refresh=true&ttl=90', 'PUT /made?prevExist=false refresh=true&ttl=90',
    'DELETE /a', 'PUT /a value=1&ttl=-1', 'PUT /a value=1&ttl=1.5', 'PUT /a value=1&ttl=x', 'PUT /a value=1&ttl=99999999999999999999999', 'PUT /a refresh=true', 'PUT /a refresh=true&value=1', 'PUT /a refresh=true&value=1&ttl=4', 'PUT /a refresh=maybe', 'PUT /a refresh=false&value=5', 'PUT /big value=1&ttl=1000000',
  ],
  'what is no number or flag': [
    'PUT /a?prevIndex=x value=1', 'PUT /a?prevIndex=-1 value=1', 'PUT /a?prevIndex= value=1', 'PUT /a?prevIndex=18446744073709551616 value=1', 'PUT /a?prevIndex=18446744073709551615 value=1', 'GET /a?waitIndex=x', 'GET /a?recursive=yes', 'GET /a?sorted=2', 'GET /a?quorum=', 'GET /a?dir=maybe', 'GET /a?stream=no', 'GET /a?wait=perhaps',
    'PUT /a?wait=true value=1', 'PUT /a?prevValue= value=1', 'PUT /a?prevExist= value=1', 'PUT /a?noValueOnSuccess=x value=1', 'GET /a?recursive=x&prevIndex=y', 'PUT /a?prevExist=x&ttl=y value=1', 'DELETE /a?recursive=x', 'GET /a?nobody=knows&what=this', 'PUT /a?nobody=knows value=1', 'GET /a?quorum=true', 'GET /a?quorum=1&recursive=T',
    'GET /a?x=%zz', 'GET /a?x=%2', 'GET /a?%', 'GET /a?a=1;b=2', 'PUT /a value=%zz', 'PUT /a value=1;x', 'PUT /a?q=%zz value=%yy', 'PUT /a =&value=2&&value=3', 'GET /a', 'GET /a?=&&a',
  ],
  'the root': ['PUT /x value=1'],
}; // prettier-ignore

describe('the keys API answers as etcd 3.4 with --enable-v2', () => {
  test.each(Object.entries(cases))('%s', async (name, lines) => {
    await sameAnswers(script(name.replaceAll(' ', '-'), lines));
  });

  test('a sorted listing has its order', async () => {
    const names = ['b', 'a', 'a-', 'B', '10', '9', 'ä', 'a.b/c', 'z/y/x'];
    for (const base of [ours.url, etcd.endpoints[0] ?? ''])
      for (const name of names) await http(base, 'PUT', `/v2/keys/sorted/${encodeURI(name)}`, 'value=1');
    const keys = async (base: string) =>
      (await http(base, 'GET', '/v2/keys/sorted?sorted=true&recursive=true')).text.match(/"key":"[^"]*"/g);
    expect(await keys(ours.url)).toEqual(await keys(etcd.endpoints[0] ?? ''));
    expect(await keys(ours.url)).toHaveLength(1 + names.length + 3);
  });

  test('at the root, on other methods, and beside the API', async () => {
    await sameAnswers([
      ['PUT', '/v2/keys', 'value=1'], ['PUT', '/v2/keys/', 'value=1'], ['DELETE', '/v2/keys/?recursive=true'], ['DELETE', '/v2/keys?dir=true'], ['PUT', '/v2/keys/?prevValue=1', 'value=1'], ['PUT', '/v2/keys/?prevExist=true', 'dir=true'], ['POST', '/v2/keys', 'value=1'], ['POST', '/v2/keys/', 'value=1'],
      ['PATCH', '/v2/keys/a'], ['OPTIONS', '/v2/keys/a'], ['OPTIONS', '/nowhere'], ['GET', '/'], ['GET', '/v2'], ['GET', '/v2/keysx'], ['PUT', '/v2/machines'], ['POST', '/version'], ['POST', '/health'], ['POST', '/v2/stats/self'], ['GET', '/v2/stats/nothing'], ['GET', '/v2/members/zzz'], ['GET', '/version'], ['GET', '/health'],
      ['GET', '/v2/keys//a//b'], ['PUT', '/v2/keys//a?x=1&y=<', 'value=1'],
    ]); // prettier-ignore
  });
});
