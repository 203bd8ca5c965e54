import { describe, expect, it } from 'vitest';
import { LabError } from '#errors/lab-error.ts';
import { formatDoctorReport } from '#provision/host/doctor-report.ts';
import { requireFitHost, runDoctor } from '#provision/host/doctor.ts';
import { mountOf, realHost } from '#provision/host/real-host.ts';
import { load } from '../config/config-directory.ts';
import { describedHost } from './described-host.ts';

const config = load({});

describe('runDoctor', () => {
  it('finds a fit host fit, in a report that is plain JSON', async () => {
    const report = await runDoctor(config, describedHost());
    expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('requireFitHost', () => {
  it('is one clear line for who is not root', async () => {
    const error: unknown = await requireFitHost(config, describedHost({ uid: 1000 })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LabError);
    expect(error).toMatchObject({ code: 'permission.root', exitCode: 77, evidence: [] });
  });

  it('names the first failed check and lists the others', async () => {
    const host = describedHost({ nodeVersion: '18.0.0', files: { '/dev/fuse': undefined } });
    const error: unknown = await requireFitHost(config, host).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'host.node',
      exitCode: 69,
      evidence: [expect.stringMatching(/^FUSE: .*mknod/)],
    });
  });
});

describe('formatDoctorReport', () => {
  it('is a checklist with the fix below what needs one', async () => {
    const text = formatDoctorReport(
      await runDoctor(config, describedHost({ missing: ['tini'], nodeVersion: '18.0.0' })),
    );
    expect(text).toMatch(/^ok {4}Root +running as root\n/);
    expect(text).toMatch(/\nFAIL {2}Node\.js +18\.0\.0, .*20\.19\+ or 22\.12\+ is needed\n +fix: run \.\/lab/);
    expect(text).toMatch(/\nThis host cannot run the lab yet: 1 of 28 checks failed, 1 to know about\.\n/);
    expect(text).toMatch(/\nBeside what runs now there is room for 8 of 1536 MB, or 6 of 2048 MB, .*\n$/);
  });
});

describe('realHost', () => {
  it('answers every check on the host at hand', async () => {
    const report = await runDoctor(config, realHost());
    expect(report.checks.every(({ detail }) => detail !== '')).toBe(true);
    expect(report.checks.every(({ status, fix }) => status === 'ok' || (fix ?? '') !== '')).toBe(true);
  });

  it('finds the mount a path lies on', () => {
    const info = [
      '22 1 8:1 / / rw - ext4 /dev/vda rw',
      '23 22 0:21 / /var/lib rw shared:1 - xfs /dev/vdb rw',
      '24 23 0:22 / /var/lib rw - tmpfs tmpfs rw',
      '25 22 0:23 / /with\\040space rw - btrfs x rw',
    ].join('\n');
    expect(mountOf(info, '/var/lib/coreos-lab')).toEqual({ mountPoint: '/var/lib', type: 'tmpfs' });
    expect(mountOf(info, '/var/library')).toEqual({ mountPoint: '/', type: 'ext4' });
    const odd = '36 35 98:0 / /mnt\\040a rw,noatime - ext4 /dev/a - b rw\nno mount at all\n';
    expect(mountOf(odd, '/mnt a/b')).toEqual({ mountPoint: '/mnt a', type: 'ext4' });
    expect(mountOf(info, '/with space/x')).toEqual({ mountPoint: '/with space', type: 'btrfs' });
  });
});
