import { runDoctor } from '../../provision/host/doctor.ts';
import { formatDoctorReport } from '../../provision/host/doctor-report.ts';
import { realHost } from '../../provision/host/real-host.ts';
import { describeLab } from '../open-lab.ts';

/** Exit code 0: this host can run the lab; 69: a check failed. */
export async function doctor(repoDir: string, options: { json?: boolean }): Promise<void> {
  const lab = describeLab(repoDir);
  const report = await runDoctor(lab.config, realHost());
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : formatDoctorReport(report));
  process.exitCode = report.ok ? 0 : 69;
}
