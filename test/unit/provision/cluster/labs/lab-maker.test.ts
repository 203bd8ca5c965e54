import { describe, expect, it } from 'vitest';
import { type FoundLab, makerNote, makerOfSpec, refuseAnothers } from '#provision/cluster/labs/lab-maker.ts';

const wanted = { name: 'lab', stateDir: '/var/lib/coreos-lab/lab' };
const maker = { checkout: '/home/anna/coreos-lab', configDir: '/home/anna/coreos-lab' };
const found = (checkout: FoundLab['checkout'], more: Partial<FoundLab> = {}): FoundLab => ({
  maker,
  checkout,
  stateDir: wanted.stateDir,
  ...more,
});

/** What is thrown, as a person reads it. */
function refusal(one: FoundLab | undefined, command = 'lab halt core-02') {
  try {
    refuseAnothers(wanted, one, command);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('whose a lab is', () => {
  it('nothing is said where there is none, and of a checkout of its own', () => {
    for (const one of [undefined, found('this')]) {
      expect(makerNote(wanted, one)).toBeUndefined();
      expect(refusal(one)).toBeUndefined();
    }
  });

  it("another checkout's: who made it, and how the command is given there", () => {
    expect(makerNote(wanted, found('another'))).toBe('lab lab was made by /home/anna/coreos-lab');
    expect(refusal(found('another'))).toMatchObject({
      code: 'state.another-checkout',
      exitCode: 74,
      message: 'lab lab was made by /home/anna/coreos-lab',
      next: expect.stringMatching(
        /^cd \/home\/anna\/coreos-lab && \.\/lab halt core-02; .*\.\/lab destroy; /,
      ) as string,
    });
  });

  it.each([
    ['/srv/my lab', "cd '/srv/my lab' && ./lab up"],
    ["/srv/o'brien", String.raw`cd '/srv/o'\''brien' && ./lab up`],
    ['/srv/$HOME;x', "cd '/srv/$HOME;x' && ./lab up"],
  ])('the command can be pasted, whatever the checkout %s is called', (checkout, command) => {
    const thrown = refusal(found('another', { maker: { checkout, configDir: checkout } }), 'lab up');
    expect(thrown).toMatchObject({ next: expect.stringContaining(`${command};`) as string });
  });

  it('with the directory of its configuration, where that is another', () => {
    const thrown = refusal(found('another', { maker: { checkout: '/srv/lab', configDir: '/etc/my lab' } }), 'lab up');
    expect(thrown).toMatchObject({
      next: expect.stringContaining("cd /srv/lab && LAB_CONFIG_DIR='/etc/my lab' ./lab up;") as string,
    });
  });

  it('of a checkout that is gone: said, and the lab is this one’s to change', () => {
    expect(makerNote(wanted, found('gone'))).toBe(
      'lab lab was made by /home/anna/coreos-lab, which is no checkout any more',
    );
    expect(refusal(found('gone'))).toBeUndefined();
  });

  it.each(['this', 'gone'] as const)('one that runs in another directory (%s) is not changed', (checkout) => {
    const thrown = refusal(found(checkout, { stateDir: '/mnt/lab' }), 'lab up');
    expect(thrown).toMatchObject({
      code: 'state.another-state-dir',
      message: expect.stringContaining('runs with its machines in /mnt/lab') as string,
    });
  });
});

describe('a lab of an earlier version', () => {
  it('is known by the program that its supervisor runs', () => {
    const rsvp = ['/usr/bin/node', '/srv/a b/apps/meetup/dist/meetup.cjs', '--port', '80'];
    expect(makerOfSpec({ lab: 'lab', rsvp })).toEqual({ checkout: '/srv/a b', configDir: '/srv/a b' });
  });

  it.each([undefined, {}, { rsvp: [] }, { rsvp: ['node', 'meetup.cjs'] }, { rsvp: 7 }])('or not at all: %j', (spec) => {
    expect(makerOfSpec(spec)).toBeUndefined();
  });
});
