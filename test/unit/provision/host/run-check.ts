import { runDoctor } from '#provision/host/doctor.ts';
import { load } from '../config/config-directory.ts';
import { describedHost, type Description } from './described-host.ts';

const config = load({});

/** The answer of one check on a described host, with the whole report. */
export async function check(id: string, changes: Description, used = config) {
  const report = await runDoctor(used, describedHost(changes));
  const found = report.checks.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return { ...found, report };
}
