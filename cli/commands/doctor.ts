import { runDoctor } from '../../provision/host/doctor.ts';
import { formatDoctorReport } from '../../provision/host/doctor-report.ts';
import { realHost } from '../../provision/host/real-host.ts';
import { describeConfig, sayMaker } from '../open-lab.ts';

/** Exit code 0: this host can run the lab; 69: a check failed. With `--provider vagrant`, whatever this lab is made of now. */
export async function doctor(repoDir: string, options: { json?: boolean }): Promise<void> {
  const config = describeConfig(repoDir);
  await sayMaker(repoDir, config);
  const report = await runDoctor(config, realHost());
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : formatDoctorReport(report));
  process.exitCode = report.ok ? 0 : 69;
}
