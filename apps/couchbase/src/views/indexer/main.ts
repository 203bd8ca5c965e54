import { cpuTimesAt, slownessOf } from '../pace.ts';
import { frame, Unframer } from './frames.ts';
import { decodeRequest, encodeReply } from './messages.ts';
import { Worker } from './worker.ts';

/** The process of a bucket's views: requests on standard input, answers on standard output, until the server closes its end. */
async function main(): Promise<void> {
  const { user, system } = process.cpuUsage();
  const startCpuMs = Math.round((user + system) / 1000);
  process.stdout.write(frame(encodeReply({ kind: 'ready', startCpuMs })));
  const worker = new Worker(cpuTimesAt(slownessOf(startCpuMs)));
  const unframer = new Unframer();
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    for (const payload of unframer.push(chunk)) {
      process.stdout.write(frame(encodeReply(await worker.answer(decodeRequest(payload)))));
    }
  }
}

void main().finally(() => process.exit());
