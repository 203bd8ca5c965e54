import { execa } from 'execa';
import { expect, it } from 'vitest';
import { behindBy, setGuestClock } from '#provision/machines/vagrant/guest-clock.ts';

const second = 1_000_000_000n;

it('a difference counts only where the time that the question took does not explain it', () => {
  const at = (ns: bigint) => behindBy(`${1_700_000_000n * second + ns}\n`, 1_700_000_000_000, 1_700_000_000_400);
  expect(at(0n)).toBeUndefined();
  expect(at(400_000_000n)).toBeUndefined();
  expect(at(-200n * second)).toBe(200n * second + 200_000_000n);
  expect(at(300n * second)).toBe(-300n * second + 200_000_000n);
  expect(behindBy('date: no such thing', 0, 1)).toBeUndefined();
});

it('a slow first answer is asked for again, until the clock is known well', async () => {
  // The guest's clock is 300 s behind; its answers take 8 s, then 2 s, then 0.1 s, all of it on the way back.
  let hostMs = 1_700_000_000_000;
  let behindMs = 300_000;
  const answersTakeMs = [8_000, 2_000, 100];
  await setGuestClock(
    async (argv) => {
      const [, forwardNs] = /\+ (-?\d+) \)\)/.exec(argv[2] ?? '') ?? [];
      if (forwardNs !== undefined) behindMs -= Number(forwardNs) / 1e6;
      const stdout = `${BigInt(Math.round((hostMs - behindMs) * 1000)) * 1000n}\n`;
      if (forwardNs === undefined) hostMs += answersTakeMs.shift() ?? 100;
      return { exitCode: 0, stdout, stderr: '' };
    },
    () => hostMs,
  );
  expect(Math.abs(behindMs)).toBeLessThanOrEqual(50);
});

it('the command sets the clock forward or back by just that, whatever the time is when it runs', async () => {
  for (const [wrongS, expected] of [
    [-207.8, 207.8],
    [42.25, -42.25],
  ] as const) {
    let script: string | undefined;
    await setGuestClock(async (argv) => {
      script ??= argv[2];
      const wrong = script === undefined ? wrongS : 0;
      return { exitCode: 0, stdout: `${BigInt(Date.now()) * 1_000_000n + BigInt(wrong * 1e9)}\n`, stderr: '' };
    });
    // What it would set, instead of setting this host's clock.
    const { stdout } = await execa('sh', [
      '-c',
      (script ?? '').replace('date --utc --set', 'echo').replace(' > /dev/null', ''),
    ]);
    // As long as a busy host may take to run it, and far less than what it sets.
    expect(Math.abs(Number(stdout.slice(1)) - Date.now() / 1000 - expected)).toBeLessThan(15);
  }
});
