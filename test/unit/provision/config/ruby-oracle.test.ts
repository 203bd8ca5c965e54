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
  '%w{a {b} c}',
  '%w(a (b\n c) d)',
  '%w<a\\< b>',
  '%i[a[0] b]',
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

/** What can be known without running Ruby, with SET=7 in the environment. */
const expressions = [
  "ENV['SET']",
  'ENV["UNSET"]',
  "ENV['UNSET'] || 3",
  "ENV['SET'] || 3",
  "ENV['SET'].to_i",
  "(ENV['UNSET'] || '12ab').to_i",
  "ENV.fetch('SET', 3)",
  "ENV.fetch('UNSET', 3)",
  "ENV.fetch('UNSET') { 3 + 1 }",
  "ENV.key?('SET') && !ENV.has_key?('UNSET')",
  "ENV['UNSET'].nil? ? 'none' : 'some'",
  "ENV['SET'] == '7' ? :yes : :no",
  "ENV['SET'] != '7' ? :yes : :no",
  'true ? 1 : false ? 2 : 3',
  'false ? 1 : nil ? 2 : 3',
  'true ?\n  1 :\n  2',
  "ENV['UNSET'].to_s.empty? ? 'a' : 'b'",
  "Integer('3')",
  "Integer(' -1_0 ')",
  'Integer(3.9)',
  'Integer("0")',
  'String(3)',
  "'0'.to_i",
  "'-7'.to_i",
  "' 42 machines'.to_i",
  "'x'.to_i",
  'nil.to_i',
  '3.9.to_i',
  '-3.9.to_i',
  '3.to_s',
  ':a.to_s',
  'nil.to_s',
  "'core'.to_sym",
  "' a b '.strip",
  "'AB'.downcase",
  '2 * 1024',
  '1 + 2 * 3',
  '(1 + 2) * 3',
  '1 - 2 - 3',
  '8 / 2',
  '-8.0 / 2',
  '-7 % 3',
  '1 +\n  2',
  '1 -1',
  "'a' + 'b' + \"c\"",
  '1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 4',
  '1 == 1.5 || nil',
  'nil || false',
  'false || nil',
  '0 || 1',
  '1 && 2',
  'nil && 2',
  '1 + 1 == 2 ? "two" : "not"',
  '!nil',
  '!!3',
  '[ENV["SET"], 1 + 1, (2)]',
  '{ENV["SET"].to_i => ENV["UNSET"] || 8080, a: true ? 1 : 2}',
  '"a#{1 + 1}b#{ENV[\'SET\']}#{nil}#{:c}#{[1, nil]}"',
  '"#{"in#{1}side"} #{ 2 }"',
  '"#{ENV["UNSET"] || "core"}-01"',
  '%W[a#{1 + 1} b]',
  '%W[a\\#{x} #x]',
  '<<EOS\na\n b \\t #{1 + 1}\nEOS',
  '<<-EOS\na\n  EOS',
  "<<'EOS'\na #{1} \\n\nEOS",
  '<<"E O S"\na#{2}\nE O S',
  '<<~EOS\n  #cloud-config\n  a:\n    - b\n\n  c\n  EOS',
  '<<~EOS\n\ta\n\t  b\n  EOS',
  '<<~EOS.strip\n  a\n  EOS',
  '[<<A, <<B, 3]\na\nA\nb\nB',
  '[<<A,\na\nA\n 2]',
  '<<~A + "z"\n  a\n  A',
  '"#{<<~A}z"\n  a\n  A',
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

const env = { SET: '7' };

const hasRuby = spawnSync('ruby', ['-v']).status === 0;

function ruby(program: string): unknown {
  return JSON.parse(
    execFileSync('ruby', ['-W0', '-'], {
      input: asJson + program,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env },
    }),
  );
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

  it('each expression is the same value', () => {
    const meant = ruby(
      `code = JSON.parse(DATA.read)\nputs JSON.generate(code.map { |text| plain(eval(text)) })\n__END__\n${JSON.stringify(expressions)}`,
    ) as unknown[];
    const read = expressions.map((text) =>
      plain(readRubyGlobals(`$a = ${text}\n`, 'config.rb', { env }).globals[0]?.value),
    );
    for (const [i, text] of expressions.entries()) expect([text, read[i]]).toEqual([text, meant[i]]);
  });

  it('assignments that are made and those that are not', () => {
    const file = `$a ||= 1
$a ||= 2
$b = 1 if ENV['UNSET']
$c = 1; $c = 2 unless $c == 2
$d = nil; $d ||= <<~EOS if ENV['SET']
  text
EOS
$e = 3 if !ENV['SET'].nil? # yes
$f = false
$f ||= 4 if true unless false
$g = 5 if(true)
`;
    const names = ['$a', '$b', '$c', '$d', '$e', '$f', '$g'];
    const meant = ruby(`${file}\nputs JSON.generate([${names.map((name) => `plain(${name})`).join(',')}])`);
    const { globals, unmade } = readRubyGlobals(file, 'config.rb', { env });
    expect(names.map((name) => plain(globals.findLast((global) => global.name === name)?.value))).toEqual(meant);
    expect(unmade.map(({ name, line, kept }) => [name, line, kept])).toEqual([
      ['$a', 2, 1],
      ['$b', 3, undefined],
    ]);
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
