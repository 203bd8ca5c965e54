import { expect, test } from 'vitest';
import { eventText } from '#simulation/history/event-text.ts';
import { machineStory, type StoryOf } from '#simulation/recorded/assemble/machine-story.ts';
import { readEntry } from '#simulation/recorded/observe/read-journals.ts';
import type { JournalEntry } from '#simulation/recorded/recording.ts';

const ids = {
  starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
  started: '39f53479d3a045ac8e11786248231fbf',
  stopping: 'de5b426a63be47a7b6ac3eaac82e2f6f',
  stopped: '9d1aaa27d60140bd96365438aad20286',
  ended: '7ad2d189f7e94e70a38c781354912448',
  failed: 'd9b373ed55a64feb8242e02dbe79a49c',
  processEnded: '98e322203f7a4ed290d09fe03c09fe15',
};

const says = (at: number, unit: string, what: keyof typeof ids, more: Partial<JournalEntry> = {}): JournalEntry => ({
  at,
  boot: 'first',
  unit,
  isOfSystemd: true,
  messageId: ids[what],
  message: `${what} ${unit} - judged #t1.`,
  exit: undefined,
  ...more,
});

function told(journal: readonly JournalEntry[], more: Partial<StoryOf> = {}): { lines: string[]; gaps: string[] } {
  const gaps: string[] = [];
  const events = machineStory({
    machine: 'core-01',
    journal,
    outages: [],
    kills: [],
    hashOf: (unit, mark) => (unit.startsWith('fleet') || mark === undefined ? undefined : `hash-${mark}`),
    onGap: (what) => gaps.push(what),
    ...more,
  });
  return { lines: events.map((event) => eventText(event).trim().replace('core-01: ', '')), gaps };
}

test('a unit begins and ends as systemd says, by the text of the mark in its description', () => {
  const { lines } = told([
    says(1_000, 'a.service', 'starting'),
    says(1_500, 'a.service', 'started', { message: 'Started a.service - judged #t1.' }),
    says(3_000, 'a.service', 'stopping'),
    says(3_200, 'a.service', 'ended', { message: 'a.service: Deactivated successfully.' }),
    says(3_201, 'a.service', 'stopped'),
    says(4_000, 'a.service', 'started', { message: 'Started a.service - judged #t2.' }),
    says(5_000, 'a.service', 'failed', { message: "a.service: Failed with result 'exit-code'." }),
  ]);
  expect(lines).toEqual([
    '1.000  the agent says start a.service',
    '1.000  a.service is activating (hash-t1)',
    '1.500  a.service is active (hash-t1)',
    '3.000  the agent says stop a.service',
    '3.000  a.service is deactivating (hash-t1)',
    '3.200  a.service is inactive (hash-t1)',
    '4.000  the agent says start a.service',
    '4.000  a.service is activating (hash-t2)',
    '4.000  a.service is active (hash-t2)',
    '5.000  a.service is failed (hash-t2)',
  ]);
});

test('units that are none of fleet’s are left out', () => {
  expect(told([says(1, 'ssh.service', 'started', { message: 'Started ssh.service - OpenSSH.' })]).lines).toEqual([]);
});

test('a machine that is halted stops its units itself; one that is cut says nothing, and has none', () => {
  const halted = told(
    [
      says(1_000, 'a.service', 'started'),
      says(2_100, 'a.service', 'stopping'),
      says(2_200, 'fleet.service', 'stopping'),
      says(2_300, 'a.service', 'stopped'),
      says(9_000, 'etcd.service', 'started', { boot: 'second' }),
    ],
    { outages: [{ machine: 'core-01', from: 2_000, downAt: 3_000 }] },
  );
  expect(halted.lines.slice(3)).toEqual([
    '2.100  a.service is deactivating (hash-t1)',
    '2.200  fleetd leaving',
    '2.300  a.service is inactive (hash-t1)',
    '3.000  fleetd down',
    '3.000  etcd down',
    '3.000  power down',
    '9.000  power up',
    '9.000  etcd up',
  ]);
  const cut = told([says(1_000, 'a.service', 'started')], {
    outages: [{ machine: 'core-01', from: 2_000, downAt: 2_500 }],
  });
  expect(cut.lines.at(-1)).toBe('2.500  a.service is inactive (hash-t1)');
  expect(halted.gaps).toEqual([]);
});

test('that a machine has booted without being halted is a gap, and said', () => {
  const { gaps } = told([says(1, 'a.service', 'started'), says(9, 'etcd.service', 'started', { boot: 'second' })]);
  expect(gaps).toEqual([expect.stringContaining('when it went down is not known') as string]);
});

test('a fleetd that ends is a death, but where it was told to or killed by the recorder', () => {
  const ended = (code: string, status: string) =>
    says(5_000, 'fleet.service', 'processEnded', { exit: { code, status } });
  expect(told([ended('exited', '1')]).lines).toEqual([
    '5.000  fleetd has ended: its process exited with 1',
    '5.000  fleetd down',
  ]);
  expect(told([ended('killed', 'KILL')]).lines).toHaveLength(2);
  const kills = [{ machine: 'core-01', unit: 'fleet.service', from: 4_000, until: 6_000 }];
  expect(told([ended('killed', 'KILL')], { kills }).lines).toEqual(['5.000  fleetd down']);
  expect(told([ended('exited', '0')]).lines).toEqual(['5.000  fleetd down']);
});

test('a line of journalctl: when it was said, not when it was written down', () => {
  const line = {
    __REALTIME_TIMESTAMP: '1700000002000000',
    _SOURCE_REALTIME_TIMESTAMP: '1700000001500000',
    _PID: '1',
    _BOOT_ID: 'first',
    UNIT: 'a.service',
    MESSAGE: 'Started a.service - judged #t1.',
    MESSAGE_ID: ids.started,
  };
  expect(readEntry(JSON.stringify(line), 1_700_000_000_000)).toEqual(
    says(1_500, 'a.service', 'started', { message: 'Started a.service - judged #t1.' }),
  );
  expect(readEntry(JSON.stringify({ ...line, MESSAGE: [0, 255] }), 1_700_000_000_000)).toBeUndefined();
  expect(readEntry(JSON.stringify(line), 1_700_000_009_000)).toBeUndefined();
  expect(readEntry('', 0)).toBeUndefined();
});
