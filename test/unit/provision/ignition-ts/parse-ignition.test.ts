import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dataUrl, parseIgnition, toJson } from 'ignition-ts';
import { LabError } from '#errors/lab-error.ts';
import { validate } from './oracle.ts';

function refusal(text: string): LabError {
  try {
    parseIgnition(text, 'my.ign');
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const including = (source: string, more: object = {}) =>
  JSON.stringify({ ignition: { version: '3.3.0', config: { merge: [{ source, ...more }] } } });
const withDisks =
  '{"ignition": {"version": "3.3.0"}, "storage": {"disks": [{"device": "/dev/vda", "wipeTable": true}]}}';
const plain = '{"ignition": {"version": "3.3.0"}}';

describe('parseIgnition', () => {
  it('reads a good file', () => {
    const text = '{"ignition": {"version": "3.3.0"},\n "storage": {"files": [{"path": "/a", "mode": 420}]}}';
    expect(parseIgnition(text, 'my.ign').storage?.files).toEqual([{ path: '/a', mode: 0o644 }]);
  });

  it.each([
    ['', /^my\.ign: is empty/],
    ['{', /^my\.ign:1:2: expected a key in double quotes, but the file ends/],
    ['{\n  "a": 1,\n}', /^my\.ign:3:1: a comma stands before this }: take it out/],
    ['{"a": [1, ]}', /^my\.ign:1:11: a comma stands before this \]/],
    ['{\n  // mine\n  "a": 1}', /^my\.ign:2:3: JSON has no comments/],
    ['{"a": 1, # mine\n "b": 2}', /^my\.ign:1:10: JSON has no comments/],
    ['{"a": /* 1 */ 2}', /^my\.ign:1:7: JSON has no comments/],
    ['{"mode": 0644}', /^my\.ign:1:10: JSON has no octal numbers: 0644 is 420/],
    ['{"mode": 0888}', /^my\.ign:1:10: expected a value/],
    ['{"a": 1}}', /^my\.ign:1:9: expected nothing more/],
    ['{"a": 01}', /^my\.ign:1:7: JSON has no octal numbers: 01 is 1/],
    ['{"a": -01}', /^my\.ign:1:7: expected a value/],
    ['{"a": "x\ny"}', /^my\.ign:1:7: a string is not closed/],
    ["{'a': 1}", /^my\.ign:1:2: expected a key/],
    ['{"a" 1}', /^my\.ign:1:6: expected `:`/],
    ['[1 2]', /^my\.ign:1:4: expected `,` or `]`/],
    ['{}\ufeff', /^my\.ign:1:3: expected nothing more/],
    ['['.repeat(100_000), /nested too deeply/],
  ])('says where JSON is broken: %j', (text, cause) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'ignition.json', exitCode: 66 });
    expect(error.message).toMatch(cause);
    expect(validate(text.slice(0, 1000)).clean).toBe(false);
  });

  it('refuses a key given twice, of which Ignition would silently take the last', () => {
    const text = '{"ignition": {"version": "3.3.0"},\n "ignition": {"version": "3.3.0"}}';
    expect(refusal(text).message).toBe('my.ign:2:2: key "ignition" stands twice in one object');
  });

  it.each([
    ['a cloud-config', '#cloud-config\nhostname: x\n', /cloud-config/, /write_files -> storage\.files/],
    ['a cloud-config after blank lines', '\n\n#cloud-config\nusers: []\n', /cloud-config/, /Butane/],
    ['one whose first line was lost', 'coreos:\n  units: []\n', /cloud-config/, /butane --strict my\.ign/],
    ['Butane', 'variant: fcos\nversion: 1.4.0\n', /Butane/, /butane --strict my\.ign > my\.ign\.ign/],
    ['Butane after a comment', '# mine\nversion: 1.0.0\nvariant: flatcar\n', /Butane/, /butane/],
    ['Container Linux Config', 'passwd:\n  users:\n    - name: core\n', /Container Linux Config/, /variant: fcos/],
    ['a script', '#!/bin/bash\ntrue\n', /script/, /systemd\.units/],
    ['gzip', '\u001f\ufffd\b', /gzip/, /gunzip/],
  ])('says what it is instead, and what to do: %s', (_, text, cause, next) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'ignition.json', exitCode: 66 });
    expect(error.message).toMatch(/^my\.ign:1: this is /);
    expect(error.message).toMatch(cause);
    expect(error.next).toMatch(next);
    expect(validate(text).clean).toBe(false);
  });

  it.each(['3.0.0', '3.1.0', '3.2.0', '3.3.0', '3.4.0'])('reads spec %s, and brings it to 3.3.0', (version) => {
    const text = JSON.stringify({ ignition: { version }, storage: { files: [{ path: '/a' }] } });
    const config = parseIgnition(text, 'my.ign');
    expect(config).toEqual({ ignition: { version: '3.3.0' }, storage: { files: [{ path: '/a' }] } });
    expect(validate(toJson(config))).toMatchObject({ clean: true });
  });

  it.each([
    ['2.3.0', /spec 2 has other keys/, /ign-converter/],
    ['2.1.0', /Container Linux/, /butane/],
    ['3.5.0', /newer than/, /1\.4\.0/],
    ['3.4.0-experimental', /not finished/, /3\.3\.0/],
    ['4.0', /no version of the spec/, /3\.3\.0/],
  ])('refuses spec %s with a word on what to do', (version, cause, next) => {
    const error = refusal(`{"ignition":\n {"version": "${version}"}}`);
    expect(error.code).toBe('ignition.version');
    expect(error.message).toMatch(/^my\.ign:2:3: \$\.ignition\.version: /);
    expect(error.message).toMatch(cause);
    expect(error.next).toMatch(next);
  });

  it('refuses spec 1', () => {
    expect(refusal('{"ignitionVersion": 1}')).toMatchObject({ code: 'ignition.version' });
  });

  it('refuses what is new in 3.4 by its name', () => {
    const with34 = (storage: object) => JSON.stringify({ ignition: { version: '3.4.0' }, storage });
    expect(refusal(with34({ luks: [{ name: 'a', discard: true }] })).message).toContain('storage.luks');
    const arn = { source: 'arn:aws:s3:us-west-1:123456789012:accesspoint/test/object/some/path' };
    expect(refusal(with34({ files: [{ path: '/a', contents: arn }] })).message).toMatch(
      /an ARN, which only spec 3\.4\.0/,
    );
    expect(refusal(with34({ files: [{ path: '/a', mode: 0o4755 }] })).message).toMatch(/setuid/);
  });

  it('reads a file with a byte order mark and line breaks of Windows', () => {
    expect(parseIgnition(`\ufeff${plain.replace('"ignition"', '\r\n"ignition"')}\r\n`, 'my.ign').ignition.version).toBe(
      '3.3.0',
    );
  });

  it('passes over what says nothing, as programs write it', () => {
    const text = JSON.stringify({
      ignition: {
        version: '3.2.0',
        config: { replace: { verification: {} } },
        proxy: {},
        security: { tls: {} },
        timeouts: {},
      },
      kernelArguments: { shouldExist: [] },
      passwd: { users: [{ name: 'core', uid: null, sshAuthorizedKeys: [] }] },
      storage: {
        disks: [],
        filesystems: null,
        files: [{ path: '/a', user: {}, contents: { source: 'data:,a', verification: {} } }],
      },
      systemd: {},
    });
    const config = parseIgnition(text, 'my.ign');
    expect(config.storage).toEqual({ files: [{ path: '/a', contents: { source: 'data:,a' } }] });
    expect(validate(toJson(config))).toMatchObject({ clean: true });
    expect(refusal('{"ignition": {"version": "3.2.0"}, "kernelArguments": {"shouldExist": ["quiet"]}}').code).toBe(
      'ignition.kernel',
    );
  });

  it('takes what is said twice in the same words as said once, and refuses two that differ with their lines', () => {
    const file = (parts: object) => JSON.stringify({ ignition: { version: '3.2.0' }, ...parts }, null, 1);
    const unit = { name: 'a.service', enabled: false, contents: '[Service]\nExecStart=/bin/true\n' };
    const core = { name: 'core', groups: ['docker', 'docker'], shell: '/bin/bash' };
    const more = { source: 'data:,a' };
    const placed = { path: '/etc/a', mode: 420, append: [more, more] };
    const once = parseIgnition(
      file({
        systemd: { units: [unit, { ...unit }, { name: 'b.service', mask: true }] },
        passwd: {
          users: [core, { shell: '/bin/bash', name: 'core', groups: ['docker'] }],
          groups: [{ name: 'g' }, { name: 'g' }],
        },
        storage: {
          files: [placed, placed],
          links: [
            { path: '/l', target: '/a' },
            { path: '/l', target: '/a' },
          ],
        },
      }),
      'my.ign',
    );
    expect(once.systemd?.units).toEqual([unit, { name: 'b.service', mask: true }]);
    expect(once.passwd).toEqual({ users: [{ ...core, groups: ['docker'] }], groups: [{ name: 'g' }] });
    expect(once.storage).toEqual({ files: [placed], links: [{ path: '/l', target: '/a' }] });
    expect(validate(toJson(once)).clean).toBe(true);

    const clash = file({ systemd: { units: [unit, unit, { ...unit, mask: true }] } });
    expect(refusal(clash)).toMatchObject({ code: expect.stringMatching(/^ignition\.(unit|duplicate)$/) as string });
    // The line of what stands behind one that was left out.
    const behind =
      '{"ignition": {"version": "3.3.0"}, "systemd": {"units": [\n{"name": "a.service"},\n{"name": "a.service"},\n{"name": "b"}]}}';
    expect(refusal(behind).message).toMatch(/^my\.ign:4:\d+: .*"b" is no unit name/);
    const differ =
      '{"ignition": {"version": "3.3.0"}, "passwd": {"users": [\n{"name": "a"},\n{"name": "a", "uid": 5}]}}';
    expect(refusal(differ).message).toMatch(/^my\.ign:3:\d+: .*"a" stands twice/);
  });

  it('says line and column of what is wrong inside', () => {
    const text =
      '{\n  "ignition": {"version": "3.3.0"},\n  "storage": {\n    "files": [{"path": "/a", "mode": 644}]\n  }\n}';
    expect(refusal(text).message).toMatch(/^my\.ign:4:30: \$\.storage\.files\.0\.mode: mode 644 is octal 1204/);
  });

  it.each([
    ['itself', withDisks, 'my.ign:1:48: $.storage.disks'],
    ['an included config', including(dataUrl(withDisks)), '$.ignition.config.merge.0.source: my.ign (included config)'],
    [
      'a compressed one',
      including(dataUrl(gzipSync(withDisks)), { compression: 'gzip' }),
      '$.ignition.config.merge.0.source',
    ],
    ['one two levels deep', including(dataUrl(including(dataUrl(withDisks)))), '$.ignition.config.merge.0.source'],
  ])("never lets a config at the host's disks: in %s", (_, text, place) => {
    const error = refusal(text);
    expect(error.code).toBe('ignition.disks');
    expect(error.message).toContain(place);
    expect(error.message).toContain("the host's disks");
  });

  it('includes only what it can read', () => {
    expect(parseIgnition(including(dataUrl(plain)), 'my.ign')).toEqual({ ignition: { version: '3.3.0' } });
    expect(refusal(including('http://example.test/more.ign')).code).toBe('ignition.remote');
    expect(refusal(including(dataUrl('x'), { compression: 'gzip' })).code).toBe('ignition.source');
  });

  it('merges what it includes as Ignition would, and replaces itself as Ignition would', () => {
    const part = (kind: 'merge' | 'replace', inner: object) => {
      const source = dataUrl(JSON.stringify({ ignition: { version: '3.4.0' }, ...inner }));
      const config = kind === 'merge' ? { merge: [{ source }] } : { replace: { source } };
      return JSON.stringify({
        ignition: { version: '3.1.0', config },
        storage: { files: [{ path: '/a', mode: 0o600, contents: { source: 'data:,outer' } }] },
      });
    };
    const inner = { storage: { files: [{ path: '/a', contents: { source: 'data:,inner' } }, { path: '/b' }] } };
    expect(parseIgnition(part('merge', inner), 'my.ign').storage?.files).toEqual([
      { path: '/a', mode: 0o600, contents: { source: 'data:,inner' } },
      { path: '/b' },
    ]);
    expect(parseIgnition(part('replace', inner), 'my.ign')).toEqual({ ignition: { version: '3.3.0' }, ...inner });
  });

  it('is not fooled by a key named __proto__', () => {
    expect(refusal('{"ignition": {"version": "3.3.0"}, "__proto__": {"storage": {}}}').code).toBe('ignition.key');
  });
});
