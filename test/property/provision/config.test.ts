import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { formatDuration, parseDuration } from '#provision/config/duration.ts';
import { formatAddress, parseAddress } from '#provision/config/ipv4.ts';
import { readRubyGlobals } from '#provision/config/ruby-globals.ts';
import { asRuby, type RubyLiteral } from '#provision/config/ruby-value.ts';
import { parseToml } from '#provision/config/toml-file.ts';

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: fc.oneof(fc.constantFrom(...'abc#{}$"\'\\ =>,'), fc.string({ minLength: 1, maxLength: 1 })) }),
);
const name = fc.stringMatching(/^\$[a-z_][a-z0-9_]{0,12}$/);

/** How a value is written: quotes, hash syntax and what stands between the parts. */
const style = fc.record({
  quote: fc.constantFrom('"' as const, "'" as const),
  gap: fc.constantFrom('', ' ', '\n', ' # } ] a comment\n  ', '\n\n'),
  comma: fc.boolean(),
});
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

/** A value and its Ruby text. */
const written: fc.Arbitrary<{ value: RubyLiteral; text: string }> = fc.letrec<{
  any: { value: unknown; text: string };
}>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(scalar, style).map(([value, { quote }]) => ({ value, text: scalarText(value, quote) })),
    fc.constantFrom('a', 'long_name', 'ok?').map((symbol) => ({ value: { symbol }, text: `:${symbol}` })),
    fc.tuple(fc.array(tie('any'), { maxLength: 3 }), style).map(([items, how]) => ({
      value: { items: items.map((item) => item.value) },
      text: bracketed(
        '[',
        items.map((item) => item.text),
        ']',
        how,
      ),
    })),
    fc
      .tuple(fc.uniqueArray(fc.tuple(fc.integer(), tie('any')), { selector: ([key]) => key, maxLength: 3 }), style)
      .map(([pairs, how]) => ({
        value: { pairs: pairs.map(([key, item]) => [key, item.value]) },
        text: bracketed(
          '{',
          pairs.map(([key, item]) => `${key}${how.gap} =>${how.gap}${item.text}`),
          '}',
          how,
        ),
      })),
  ),
})).any as fc.Arbitrary<{ value: RubyLiteral; text: string }>;

function scalarText(value: string | number | boolean | null, quote: '"' | "'"): string {
  if (value === null) return 'nil';
  if (typeof value !== 'string') return String(value);
  return quote === "'" ? `'${value.replace(/[\\']/g, '\\$&')}'` : `"${value.replace(/[\\"#]/g, '\\$&')}"`;
}

function bracketed(open: string, items: readonly string[], close: string, { gap, comma }: Style): string {
  return `${open}${gap}${items.join(`,${gap}`)}${comma && items.length > 0 ? ',' : ''}${gap}${close}`;
}

/** Without the lines of its parts. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'lines' ? undefined : part))) as unknown;
}

const noise = fc.constantFrom('', '   ', '# a comment', '  # $vm_memory = 1');
const space = fc.constantFrom('', ' ', '  ');

describe('config.rb', () => {
  it('written from values is read back to them, with their lines', () => {
    const statement = fc.record({ name, written, space, noise });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), (statements) => {
        const texts = statements.map((s) => `${s.noise}\n${s.name}${s.space}=${s.space}${s.written.text} # end\n`);
        const { globals } = readRubyGlobals(texts.join(''), 'config.rb');
        const lineOf = (i: number) => texts.slice(0, i).join('').split('\n').length + 1;
        expect(globals.map((g) => ({ name: g.name, value: plain(g.value), line: g.line }))).toEqual(
          statements.map((s, i) => ({ name: s.name, value: plain(s.written.value), line: lineOf(i) })),
        );
      }),
    );
  });

  it('shown as Ruby is read as the same value', () => {
    fc.assert(
      fc.property(written, ({ text }) => {
        const read = (source: string) => readRubyGlobals(`$a = ${source}`, 'config.rb').globals[0]?.value;
        const value = read(text);
        expect(plain(read(asRuby(value ?? null)))).toEqual(plain(value));
      }),
    );
  });

  it('with a line that is no statement gives an error with that very line', () => {
    const garbage = fc.oneof(
      fc.constantFrom(
        '$a',
        '$a = ',
        '$a = b',
        '$a = 1 2',
        '$a = [1',
        '$a = {1 => 2',
        '$a = %w[a b',
        '$a = "x',
        'puts 1',
        'a = 1',
        '}',
        '$a += 1',
        '$1 = 1',
      ),
      fc
        .string({ minLength: 1 })
        .filter((text) => !/^[\s;]*(?:#|$)|^[\s;]*\$\w+\s*=|^=begin|^__END__$|[\r\n\\]/.test(text)),
    );
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 6 }),
        garbage,
        fc.array(noise, { maxLength: 3 }),
        (before, bad, after) => {
          const read = () => readRubyGlobals([...before, bad, ...after].join('\n'), 'config.rb');
          expect(read).toThrow(LabError);
          expect(read).toThrow(new RegExp(`^config\\.rb:${before.length + 1}: `));
        },
      ),
    );
  });
});

describe('durations', () => {
  it('are read back from their shortest text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it('mean the same in every unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (n) => {
        expect(parseDuration(`${n}s`)).toBe(parseDuration(`${n * 1000}ms`));
        expect(parseDuration(`${n}m`)).toBe(parseDuration(`${n * 60}s`));
        expect(parseDuration(`${n}h`)).toBe(parseDuration(`${n * 60}m`));
      }),
    );
  });

  it('need a number and a unit', () => {
    const text = fc.string().filter((t) => !/^\d+(\.\d+)?(ms|s|m|h)$/.test(t));
    fc.assert(
      fc.property(text, (t) => {
        expect(parseDuration(t)).toBeUndefined();
      }),
    );
    for (const t of ['5', '5 s', '-5s', '5S', '.5s', '1.5ms', '1e3s', '5s ']) expect(parseDuration(t)).toBeUndefined();
  });
});

describe('addresses', () => {
  it('are read back from their text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (n) => {
        expect(parseAddress(formatAddress(n))).toBe(n);
      }),
    );
  });
});

describe('TOML places', () => {
  it('name the line a key stands on, whatever stands around it', () => {
    const filler = fc.constantFrom('', '# x = 1', '[other]\nx = 1', '[[list]]\nx = 2');
    fc.assert(
      fc.property(fc.array(filler, { maxLength: 5 }), fc.boolean(), (before, dotted) => {
        const unique = before.map((text, i) => text.replace('other', `other${i}`).replace('[[list]]', `[[list${i}]]`));
        const head = dotted ? [] : unique;
        const text = [...head, ...(dotted ? ['here.x = 5'] : ['[here]', 'y = 1', 'x = 5'])].join('\n');
        const line = text.split('\n').length;
        expect(parseToml(text, 'lab.toml').lineOf(['here', 'x'])).toBe(line);
      }),
    );
  });
});
