import fc from 'fast-check';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '#apps/worker/src/rsvp-feed.ts';
import { readConfig } from '#apps/worker/src/config.ts';
import { etcdEndpoints } from '#platform/etcd/container-endpoints.ts';
import { rsvpDocument } from '#apps/worker/src/rsvp-document.ts';
import { LabError } from '#errors/lab-error.ts';

const network = (address: string, internal = false, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address, internal, family, netmask: '', mac: '', cidr: null }) as NetworkInterfaceInfo;
const container = { lo: [network('127.0.0.1', true)], eth0: [network('fe80::1', false, 'IPv6'), network('10.1.35.7')] };

describe('etcdEndpoints', () => {
  it('derives the bridge address from the container’s own in production', () => {
    expect(etcdEndpoints({ NODE_ENV: 'production' }, container)).toEqual(['http://10.1.35.1:12379']);
  });

  it('is this host outside of production', () => {
    expect(etcdEndpoints({}, container)).toEqual(['http://127.0.0.1:12379']);
  });

  it('prefers what it is told, with or without scheme', () => {
    const env = { NODE_ENV: 'production', ETCD_ENDPOINTS: 'a:1, https://b:2,' };
    expect(etcdEndpoints(env, container)).toEqual(['http://a:1', 'https://b:2']);
  });

  it('says so when a container has no address', () => {
    expect(() => etcdEndpoints({ NODE_ENV: 'production' }, { lo: container.lo })).toThrow(LabError);
  });
});

describe('readConfig', () => {
  it('has the chapter’s values by default', () => {
    expect(readConfig({ NODE_ENV: 'production' }, container)).toMatchObject({
      username: 'Administrator',
      password: 'Password1',
      bucket: 'default',
      rsvpUrl: 'ws://stream.meetup.com/2/rsvps',
    });
  });

  it.each([
    ['RSVP_URL', 'http://x'],
    ['WAIT_MS', ''],
    ['QUEUE_LIMIT', '0'],
    ['SUMMARY_MS', '1.5'],
  ])('refuses %s="%s" by name', (name, value) => {
    expect(() => readConfig({ [name]: value }, container)).toThrow(new RegExp(`${name}="${value}"`));
  });
});

describe('rsvpDocument', () => {
  it('is the event under a key of event and RSVP', () => {
    const event = { event_id: '231', event_name: 'Chess', time: 5, event_url: 'u' };
    expect(rsvpDocument(JSON.stringify({ rsvp_id: 9, event }))).toEqual({ key: '231:9', document: event });
  });

  it('never gives two RSVPs the same key, even in the same millisecond', () => {
    const ids = fc.tuple(fc.stringMatching(/^[a-z0-9]{1,12}$/), fc.nat());
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const key = ([event_id, rsvp_id]: [string, number]) =>
          rsvpDocument(JSON.stringify({ rsvp_id, mtime: 1, event: { event_id, event_name: 'x' } }))?.key;
        expect(key(a) === key(b)).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });

  it('takes any text from outside without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(rsvpDocument(text)).toBeUndefined();
      }),
    );
    expect(rsvpDocument(JSON.stringify({ rsvp_id: 1, event: { event_id: 'x'.repeat(300), event_name: 'n' } }))).toBe(
      undefined,
    );
  });
});

describe('backoffMs', () => {
  it('doubles up to ten seconds and never shrinks', () => {
    const waits = Array.from({ length: 20 }, (_, failures) => backoffMs({ failures }));
    expect(waits.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(waits.at(-1)).toBe(10_000);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });

  it('respects a refusal', () => {
    expect(backoffMs({ failures: 0, refusedWith: 429 })).toBe(3000);
    expect(backoffMs({ failures: 0, refusedWith: 403, retryAfterMs: 7000 })).toBe(7000);
    expect(backoffMs({ failures: 0, refusedWith: 502, retryAfterMs: 7000 })).toBe(500);
  });
});
