import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dataUrl, parseIgnition } from 'ignition-ts';
import { LabError } from '../../../../errors/lab-error.ts';
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
    ['{\n  "a": 1,\n}', /^my\.ign:3:1: expected a key in double quotes, but "}"/],
    ['{"a": 1}}', /^my\.ign:1:9: expected nothing more/],
    ['{"a": 01}', /^my\.ign:1:7: expected a value/],
    ['{"a": "x\ny"}', /^my\.ign:1:7: a string is not closed/],
    ["{'a': 1}", /^my\.ign:1:2: expected a key/],
    ['{"a" 1}', /^my\.ign:1:6: expected `:`/],
    ['[1 2]', /^my\.ign:1:4: expected `,` or `]`/],
    ['\ufeff{}', /^my\.ign:1:1: expected a value/],
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

  it('helps who brings YAML', () => {
    expect(refusal('#cloud-config\nhostname: x\n').next).toContain('butane');
    expect(refusal('variant: fcos\nversion: 1.4.0\n').next).toContain('butane');
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
    expect(parseIgnition(including(dataUrl(plain)), 'my.ign').ignition.config?.merge).toHaveLength(1);
    expect(refusal(including('http://example.test/more.ign')).code).toBe('ignition.remote');
    expect(refusal(including(dataUrl('x'), { compression: 'gzip' })).code).toBe('ignition.source');
  });

  it('is not fooled by a key named __proto__', () => {
    expect(refusal('{"ignition": {"version": "3.3.0"}, "__proto__": {"storage": {}}}').code).toBe('ignition.key');
  });
});
