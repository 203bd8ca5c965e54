import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pc from 'picocolors';
import { z } from 'zod';
import { LabError } from '#errors/lab-error.ts';
import { ensurePackages } from '#provision/host/packages.ts';
import { hostTestPackages, requiredPackages, testPackages, vagrantPackages } from '#provision/host/package-list.ts';
import { readText } from '#provision/host/read-text.ts';
import { seconds } from '#errors/seconds.ts';
import { requireRoot } from '../open-lab.ts';

interface Step {
  readonly name: string;
  /** In node_modules/.bin. */
  readonly program: string;
  readonly args: readonly string[];
  /** Where vitest writes its counts; absent for checks that count as one. */
  readonly counts?: string;
}

interface Counts {
  passed: number;
  failed: number;
}

/** Of what vitest's reporter `json` writes. */
const vitestCounts = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

const tiers = ['quick', 'all', 'own-code', 'vagrant', 'host'] as const;
type Tier = (typeof tiers)[number];

/** What a tier needs besides the tests' own. */
const packagesOfTier: Readonly<Record<Tier, readonly string[]>> = {
  quick: [],
  all: [],
  'own-code': [],
  vagrant: Object.keys(vagrantPackages),
  host: hostTestPackages,
};

/**
 * Format, types, lint, unit and property tests (tier `quick`), with the end-to-end tests on real machines (`all`); or the
 * tests of a reader's own programs alone (`own-code`), those on virtual machines (`vagrant`), or those in stock Debian hosts, emulated (`host`). Every step runs, whatever
 * became of the one before.
 * @throws LabError `usage.tier`
 */
export async function test(repoDir: string, options: { tier: string }): Promise<void> {
  const tier = tiers.find((one) => one === options.tier);
  if (tier === undefined) {
    throw new LabError({
      code: 'usage.tier',
      cause: `there is no tier ${options.tier}; there are ${tiers.join(', ')}`,
      next: 'lab test --tier quick, or lab test',
    });
  }
  requireRoot();
  const packages = [...Object.keys(requiredPackages), ...testPackages, ...packagesOfTier[tier]];
  await ensurePackages({ packages, onProgress: (line) => console.error(line) });
  const scratch = await mkdtemp(join(tmpdir(), 'coreos-lab-test-'));
  try {
    const total: Counts = { passed: 0, failed: 0 };
    for (const step of steps(scratch, tier)) {
      const counts = await run(repoDir, step);
      total.passed += counts.passed;
      total.failed += counts.failed;
    }
    console.log(`\ntests: ${total.passed} passed, ${total.failed} failed`);
    process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function steps(scratch: string, tier: Tier): Step[] {
  const vitest = (project: string): Step => {
    const counts = join(scratch, `${project}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${counts}`];
    return { name: `${project} tests`, program: 'vitest', args: ['run', '--project', project, ...reporters], counts };
  };
  if (tier === 'own-code' || tier === 'vagrant' || tier === 'host') return [vitest(tier)];
  return [
    { name: 'format', program: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
    { name: 'types', program: 'tsc', args: ['--noEmit'] },
    { name: 'lint', program: 'eslint', args: ['.'] },
    vitest('unit'),
    ...(tier === 'all' ? [vitest('e2e')] : []),
  ];
}

async function run(repoDir: string, step: Step): Promise<Counts> {
  console.log(pc.bold(`\n== ${step.name}`));
  const began = performance.now();
  const { exitCode } = await execa(join(repoDir, 'node_modules/.bin', step.program), step.args, {
    cwd: repoDir,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
    env: { LAB_ROOT: repoDir },
  });
  const ok = exitCode === 0;
  console.log(`${ok ? pc.green('✓') : pc.red('✗')} ${step.name} (${seconds(performance.now() - began)})`);
  if (step.counts === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  const text = await readText(step.counts);
  // A runner that broke down before it counted.
  if (text === undefined) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests } = vitestCounts.parse(JSON.parse(text));
  return { passed: numPassedTests, failed: ok ? numFailedTests : Math.max(numFailedTests, 1) };
}
