import { execa } from 'execa';
import { expect, it } from 'vitest';
import { behindBy, setGuestClock } from '../../../../../provision/machines/vagrant/guest-clock.ts';

const second = 1_000_000_000n;

it('a difference counts only where the time that the question took does not explain it', () => {
  const at = (ns: bigint) => behindBy(`${1_700_000_000n * second + ns}\n`, 1_700_000_000_000, 1_700_000_000_400);
  expect(at(0n)).toBeUndefined();
  expect(at(400_000_000n)).toBeUndefined();
  expect(at(-200n * second)).toBe(200n * second + 200_000_000n);
  expect(at(300n * second)).toBe(-300n * second + 200_000_000n);
  expect(behindBy('date: no such thing', 0, 1)).toBeUndefined();
});

it('the command sets the clock forward or back by just that, whatever the time is when it runs', async () => {
  for (const [wrongS, expected] of [
    [-207.8, 207.8],
    [42.25, -42.25],
  ] as const) {
    let script = '';
    await setGuestClock(async (argv) => {
      script = argv[2] ?? script;
      return { exitCode: 0, stdout: `${BigInt(Date.now()) * 1_000_000n + BigInt(wrongS * 1e9)}\n`, stderr: '' };
    });
    // What it would set, instead of setting this host's clock.
    const { stdout } = await execa('sh', [
      '-c',
      script.replace('date --utc --set', 'echo').replace(' > /dev/null', ''),
    ]);
    expect(Number(stdout.slice(1)) - Date.now() / 1000).toBeCloseTo(expected, 0);
  }
});
