import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readRubyGlobals } from '#provision/config/ruby-globals.ts';
import type { RubyLiteral } from '#provision/config/ruby-value.ts';

/** Plain literals, as people write them. */
const literals = [
  '3',
  '-3',
  '+3',
  '1_000_000',
  '0x1F',
  '0b1010',
  '0o17',
  '2.5',
  '1_0.2_5',
  '1e3',
  '1.5e-2',
  '0',
  '-0',
  'true',
  'false',
  'nil',
  ':core',
  ':"core os"',
  ":'a b'",
  ':ok?',
  ':a!',
  `'it''s'`,
  `'it\\'s'`,
  `'a\\nb'`,
  `'a\\\\b'`,
  `"a\\nb\\t\\e\\s\\0"`,
  `"\\x41\\u00e9\\u{1F600}\\101"`,
  `"\\q\\#{x}"`,
  `"# no comment"`,
  `'# {no} [brackets]'`,
  `"a" 'b' "c"`,
  `"a" \\\n  "b"`,
  `"100 # %"`,
  `"a#b"`,
  '"#"',
  '%q(a (b) c)',
  '%Q[a\\tb]',
  '%(x "y")',
  '%q{a{b}c}',
  '%q|a b|',
  '%q<a<b>>',
  '[]',
  '[1, 2]',
  '[1,\n 2,\n]',
  '[ # one\n  1, # a ] bracket\n\n  2 # two\n]',
  '[[1], ["a", :b], nil]',
  '%w[a b c]',
  '%w(a\n  b\n c)',
  '%i[a b]',
  '%w[a\\ b c]',
  '%w[]',
  '%W[a b]',
  '%w{a b}',
  '{}',
  '{80 => 8080}',
  '{ 80=>8080,443=>8443, }',
  "{\n  # '/a' => '/b',\n  '/c' => '/d', # used } by all\n}",
  '{a: 1, "b c": 2, :d => 3}',
  '{a: {b: [1, {c: nil}]}}',
  '{80 =>\n  8080,\n 443\\\n => 8443}',
  '{1 => 2, 1 => 3}',
  '{\n=begin\n } none of this\n=end\n  1 => 2\n}',
  "{'a' => %w[x y],}",
  '{a: 1}.freeze',
  '"a".freeze',
  '[1].freeze # done',
];

/** Every value as JSON, symbols and hashes as the lab has them. */
const asJson = `
require 'json'
def plain(v)
  case v
  when Symbol then { symbol: v.to_s }
  when Array then { items: v.map { |i| plain(i) } }
  when Hash then { pairs: v.map { |k, i| [plain(k), plain(i)] } }
  else v
  end
end
`;

const hasRuby = spawnSync('ruby', ['-v']).status === 0;

function ruby(program: string): unknown {
  return JSON.parse(execFileSync('ruby', ['-W0', '-'], { input: asJson + program, encoding: 'utf8' }));
}

function plain(value: RubyLiteral | undefined): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (key, part: unknown) => (key === 'lines' ? undefined : part)));
}

describe.runIf(hasRuby)('config.rb as Ruby itself reads it', () => {
  it('each literal is the same value', () => {
    const program = `puts JSON.generate([\n${literals.map((text) => `plain(eval(${JSON.stringify(text).replaceAll('#', '\\#')}))`).join(',\n')}\n])`;
    const meant = ruby(program) as unknown[];
    const read = literals.map((text) => plain(readRubyGlobals(`$a = ${text}\n`, 'config.rb').globals[0]?.value));
    for (const [i, text] of literals.entries()) expect([text, read[i]]).toEqual([text, meant[i]]);
  });

  it('whole files too: separators, comments, blocks, names used again', () => {
    const file = `# first
$a = 1; $b = "two" ;$c = :three # ; $d = 4
=begin
$e = 5
=end
$f =
  # below
  { 1 => 2,

    3 => 4 }
$g = "v#{$a}-#{ $b }-#$c"; $h = $a
$i = 'x' \\
  'y'
;;
__END__
$j = )
`.replaceAll('\\\\', '\\');
    const names = ['$a', '$b', '$c', '$e', '$f', '$g', '$h', '$i', '$j'];
    const code = file.slice(0, file.indexOf('__END__'));
    const meant = ruby(`${code}\nputs JSON.generate([${names.map((name) => `plain(${name})`).join(',')}])`);
    const { globals } = readRubyGlobals(file, 'config.rb');
    expect(names.map((name) => plain(globals.findLast((global) => global.name === name)?.value))).toEqual(meant);
    expect(globals.map(({ line, valueLine }) => [line, valueLine])).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
      [6, 8],
      [11, 11],
      [11, 11],
      [12, 12],
    ]);
  });
});
