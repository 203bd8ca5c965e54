import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,property,tidy}/**/*.test.ts'],
          globalSetup: ['test/support/leaves-nothing.ts', 'test/support/machines-programs.ts'],
          setupFiles: ['test/support/same-examples.ts'],
          // Vitest leaves a core to itself; these tests wait for other processes more than they work.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          // A wait on a condition costs nothing when it holds at once, and a busy host may take its time: each has half a minute, and a
          // test as long as several of them.
          expect: { poll: { timeout: 30_000 } },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Real processes on a shared host: what fails there once and not twice is told as tried again, and judges nobody's change.
          retry: process.env['CI'] === undefined ? 0 : 1,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { concurrent: false },
          bail: 1,
        },
      },
      {
        test: {
          name: 'own-code',
          include: ['test/own-code/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { concurrent: false },
          bail: 1,
        },
      },
      {
        test: {
          name: 'vagrant',
          include: ['test/vagrant/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { concurrent: false },
          bail: 1,
        },
      },
      {
        test: {
          name: 'host',
          include: ['test/host/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { concurrent: false },
          bail: 1,
        },
      },
    ],
  },
});
