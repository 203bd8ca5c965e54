import { loadConfig } from '../../provision/config/load-config.ts';
import type { ProviderName } from '../../provision/config/lab-config.ts';
import { runDoctor } from '../../provision/host/doctor.ts';
import { formatDoctorReport } from '../../provision/host/doctor-report.ts';
import { realHost } from '../../provision/host/real-host.ts';

/** Exit code 0: this host can run the lab; 69: a check failed. */
export async function doctor(repoDir: string, options: { json?: boolean; provider: ProviderName }): Promise<void> {
  const config = loadConfig(process.env['LAB_CONFIG_DIR'] ?? repoDir, process.env, undefined, options.provider);
  const report = await runDoctor(config, realHost());
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : formatDoctorReport(report));
  process.exitCode = report.ok ? 0 : 69;
}
