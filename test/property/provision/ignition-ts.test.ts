import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dataUrl,
  defineConfig,
  directory,
  file,
  link,
  parseIgnition,
  readDataUrl,
  toJson,
  unit,
  user,
} from 'ignition-ts';
import { readJson } from '#provision/ignition-ts/src/json-reader.ts';
import { sshKey, validate } from '../../unit/provision/ignition-ts/oracle.ts';

const segment = fc.stringMatching(/^[a-zA-Z0-9_@.-]{1,12}$/).filter((text) => text !== '.' && text !== '..');
const mode = fc.integer({ min: 0, max: 0o777 }).filter((n) => ![400, 440, 444, 500].includes(n));
const owner = fc.oneof(fc.integer({ min: 0, max: 65_535 }), segment);
const contents = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 64 }));
const hex = fc.stringMatching(/^[0-9a-f]{128}$/);
const hosts = fc.webUrl({ validSchemes: ['http', 'https'], withQueryParameters: true });

const body = fc.oneof(
  contents.map((c) => ({ contents: c })),
  fc.record({ source: hosts, sha512: hex }),
  fc.constant({}),
);
const common = fc.record({ user: owner, group: owner, mode }, { requiredKeys: [] });

const unitValue = fc.stringMatching(/^[\x20-\x7e]{0,60}$/).filter((text) => !text.endsWith('\\'));
const unitBody = fc
  .array(fc.tuple(fc.constantFrom('ExecStart', 'Environment', 'X-Foo', 'After'), unitValue), { maxLength: 5 })
  .map(
    (keys) =>
      `# made\n[Service]\n${keys.map(([k, v]) => `${k}=${v}\n`).join('')}\n[Install]\nWantedBy=multi-user.target\n`,
  );
const units = fc.uniqueArray(
  fc.record({
    stem: segment,
    kind: fc.constantFrom('service', 'socket', 'timer'),
    body: unitBody,
    enabled: fc.boolean(),
  }),
  { selector: ({ stem, kind }) => `${stem}.${kind}`, maxLength: 4 },
);

const users = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z_][a-z0-9_-]{0,31}$/),
    keys: fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 3 }),
    groups: fc.uniqueArray(segment, { maxLength: 3 }),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
);

/** Siblings in directories of their own kind, so that no path lies below a file or a link. */
const config = fc
  .record({
    files: fc.uniqueArray(fc.tuple(segment, common, body), { selector: ([name]) => name, maxLength: 5 }),
    links: fc.uniqueArray(fc.tuple(segment, segment), { selector: ([name]) => name, maxLength: 3 }),
    directories: fc.uniqueArray(fc.tuple(segment, common), { selector: ([name]) => name, maxLength: 3 }),
    units,
    users,
  })
  .map((parts) =>
    defineConfig({
      storage: {
        files: parts.files.map(([name, more, from]) => file({ path: `/f/${name}`, ...more, ...from })),
        links: parts.links.map(([name, target]) => link({ path: `/l/${name}`, target: `../f/${target}` })),
        directories: parts.directories.map(([name, more]) => directory({ path: `/d/${name}`, ...more })),
      },
      systemd: {
        units: parts.units.map((u) =>
          unit({ name: `${u.stem}.${u.kind}`, enabled: u.enabled, contents: u.body, dropins: { 'x.conf': u.body } }),
        ),
      },
      passwd: {
        users: parts.users.map((u) =>
          user({ name: u.name, groups: u.groups, sshAuthorizedKeys: u.keys.map((seed) => sshKey(seed)) }),
        ),
      },
    }),
  );

describe('ignition-ts', () => {
  it('builds nothing that ignition-validate has a word to say about', () => {
    fc.assert(
      fc.property(config, (built) => {
        expect(validate(toJson(built))).toEqual({ clean: true, rc: 0, output: '' });
      }),
      { numRuns: 60 },
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(config, (built) => {
        expect(parseIgnition(toJson(built), 'x.ign')).toEqual(built);
      }),
    );
  });

  it('keeps every text and byte in a data: URL', () => {
    fc.assert(
      fc.property(contents, (given) => {
        expect(Buffer.from(readDataUrl(dataUrl(given)) ?? []).equals(Buffer.from(given))).toBe(true);
      }),
    );
  });

  it('reads JSON as JSON.parse does, and refuses what it refuses', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (text, at, noise) => {
        expect(readJson(text).value).toEqual(JSON.parse(text));
        const broken = text.slice(0, at % text.length) + noise + text.slice((at % text.length) + 1);
        const accepts = (read: () => unknown): boolean => {
          try {
            read();
            return true;
          } catch {
            return false;
          }
        };
        // A broken key may be one that is there already, which only our reader refuses.
        if (accepts(() => readJson(broken))) expect(readJson(broken).value).toEqual(JSON.parse(broken));
        else if (accepts(() => JSON.parse(broken))) expect(() => readJson(broken)).toThrow(/stands twice/);
      }),
    );
  });
});
