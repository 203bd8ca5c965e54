import { describe, expect, it } from 'vitest';
import { catalogue, familyMeanings, findListed, listedErrors, oneLine } from '#errors/catalogue.ts';
import { errorsDoc } from '#errors/errors-doc.ts';
import { exitCodes } from '#errors/lab-error.ts';
import { codesInShell, codesInTypeScript, thrownCodes } from '../support/thrown-codes.ts';
import { readTracked, root, tracked } from '../support/tracked-files.ts';

const programs = tracked.filter((path) => /^cli\/shell\/(programs\/|[\w-]+\.sh$)/.test(path));
const launcher = ['lab', 'provision/host/find-node.sh', ...programs];
const sources = tracked.filter((path) =>
  /^(cli|site|dashboard|guide|provision|scenarios|simulation|platform|apps|errors)\/.*\.tsx?$/.test(path),
);
const thrown = thrownCodes(root, [...sources, ...launcher]);
const listed = Object.keys(catalogue);

describe('the catalogue of errors', () => {
  it('has an entry for every code that something throws', () => {
    expect(thrown.length).toBeGreaterThan(200);
    const unlisted = thrown.filter(({ code }) => findListed(code) === undefined);
    expect(unlisted.map(({ code, place }) => `${place}: ${code}`)).toEqual([]);
  });

  it('has no entry for a code that nothing throws any more', () => {
    const codes = new Set(thrown.map(({ code }) => code));
    expect(listed.filter((code) => !code.endsWith('.*') && !codes.has(code))).toEqual([]);
    const patterns = listed.filter((code) => code.endsWith('.*'));
    const covered = [...codes].map((code) => findListed(code)?.code);
    expect(patterns.filter((pattern) => !covered.some((code) => code === pattern))).toEqual([]);
  });

  it('says of each in plain sentences when it is said and what to do', () => {
    const poor = listedErrors.filter(({ means }) => !/^\S.{20,}\.$/s.test(means));
    expect(poor.map(({ code }) => code)).toEqual([]);
    expect(listedErrors.filter(({ remedy }) => remedy.trim().length < 5).map(({ code }) => code)).toEqual([]);
    expect(listedErrors.filter((one) => oneLine(one).length > 140).map(({ code }) => code)).toEqual([]);
  });

  it('is spread over all families', () => {
    expect([...new Set(listedErrors.map(({ family }) => family))].sort()).toEqual(Object.keys(exitCodes).sort());
    expect(Object.keys(familyMeanings).sort()).toEqual(Object.keys(exitCodes).sort());
  });

  it('is what docs/errors.md says; npm run docs writes it anew', () => {
    expect(readTracked('docs/errors.md')).toBe(errorsDoc());
  });

  it('names only commands of the lab that there are', () => {
    const commands = sources
      .filter((path) => /^cli\/[\w-]*\.ts$/.test(path))
      .flatMap((path) => [...readTracked(path).matchAll(/\.command\('([a-z-]+)'\)/g)])
      .map((match) => match[1]);
    const used = listedErrors.flatMap(({ code, means, remedy }) =>
      [...`${means} ${remedy}`.matchAll(/(?:`|&& |\.\/)lab ([a-z-]+)/g)].map((match) => ({ code, command: match[1] })),
    );
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter(({ command }) => !commands.includes(command))).toEqual([]);
  });
});

describe('the search for thrown codes', () => {
  const codes = (text: string) => codesInTypeScript('x.ts', text).map(({ code }) => code);

  it('finds them where errors are made', () => {
    expect(codes(`throw new LabError({ code: 'state.a', cause, next })`)).toEqual(['state.a']);
    expect(codes(`const busy = { ...{ code: 'busy.a', cause: '' } }`)).toEqual(['busy.a']);
    expect(codes(`f({ code: late ? 'timeout.a' : (known?.code ?? 'internal.b') })`)).toEqual([
      'timeout.a',
      'internal.b',
    ]);
    expect(codes(`throw bad('config.a', cause, next)`)).toEqual(['config.a']);
    expect(codes(`etcdFailure(away ? 'timeout.a' : 'internal.a', at)`)).toEqual(['timeout.a', 'internal.a']);
    expect(codes(`const unexpected: ErrorCode = 'internal.a'`)).toEqual(['internal.a']);
  });

  it('finds those made of parts: checks of the doctor, programs of image builds', () => {
    expect(codes(`const a: Check = { id: 'kvm', title: 'KVM', run() {} }`)).toEqual(['host.kvm']);
    expect(codes(`runContained({ program: 'tar', args, purpose: 'pack' })`)).toEqual(['command.tar']);
    expect(codes(`runContained({ program: join(dir, 'a.sh'), purpose: 'b' })`)).toEqual(['command.a.sh']);
  });

  it('takes no comment, comparison, type or file name for one', () => {
    const text = `/** @throws LabError \`host.a\` or 'state.b' */
      // new LabError({ code: 'state.c' })
      const texts: Record<'state.d', string> = { 'state.d': 'x' };
      if (error.code === 'state.e' || code.startsWith('state.f')) join(dir, 'config.rb');`;
    expect(codes(text)).toEqual([]);
  });

  it('reads the launcher, but not its comments', () => {
    const text =
      '# fail CODE CAUSE: fail host.a\nfail host.b "x" || fail permission.c "y"\ncase x in *) fail host.d "z" ;; esac';
    expect(codesInShell('lab', text).map(({ code }) => code)).toEqual(['host.b', 'permission.c', 'host.d']);
  });
});
