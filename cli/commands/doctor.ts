import { exitCodes } from '#errors/lab-error.ts';
import { runDoctor } from '#provision/host/doctor.ts';
import { formatDoctorReport } from '#provision/host/doctor-report.ts';
import { realHost } from '#provision/host/real-host.ts';
import type { Invocation } from '../invocation.ts';
import { describeConfig, sayMaker } from '../open-lab.ts';
import { printOut } from '../render/terminal.ts';

/** Exit code 0: this host can run the lab; 69: a check failed. With `--provider vagrant`, whatever this lab is made of now. */
export async function doctor(from: Invocation, options: { json?: boolean }): Promise<void> {
  const config = describeConfig(from);
  await sayMaker(from.repoDir, config);
  const report = await runDoctor(config, realHost());
  if (options.json === true) console.log(JSON.stringify(report));
  else printOut(formatDoctorReport(report).trimEnd());
  process.exitCode = report.ok ? 0 : exitCodes.host;
}
