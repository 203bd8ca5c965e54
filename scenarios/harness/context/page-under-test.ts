import { join } from 'node:path';
import { serviceKey } from '#platform/etcd/keys/service-keys.ts';
import type { Lab } from '#provision/cluster/lab.ts';
import type { ClusterWatch } from '../watch/cluster-watch.ts';
import type { EventLog } from '../record/event-log.ts';
import { messagesWithRows } from '../record/events/messages-with-rows.ts';
import { couchbaseDocuments } from './evidence.ts';
import { pagePort } from './ports.ts';
import { pagePicture } from './picture/page-picture.ts';
import type { PageUnderTest } from './lab-under-test.ts';

/** The page as its visitors see it: by the messages that the Socket.IO probe received, and by a browser. */
export function pageUnderTest(args: { lab: Lab; log: EventLog; cluster: ClusterWatch; runDir: string }): PageUnderTest {
  const { lab, log, cluster, runDir } = args;
  return {
    showsRows: (count, sinceMs = 0) => ({
      name: `the page shows RSVPs on ${count} machine${count === 1 ? '' : 's'}`,
      missing: async () => {
        const machines = new Set(messagesWithRows(log.events, sinceMs).map(({ data }) => data.machine));
        return machines.size >= count ? undefined : `rows on ${machines.size} of ${count} pages`;
      },
    }),
    showsRowsOn: (machine, sinceMs) => ({
      name: `the page on ${machine} shows RSVPs`,
      missing: async () =>
        messagesWithRows(log.events, sinceMs).some(({ data }) => data.machine === machine) ? undefined : 'no rows yet',
    }),
    changes: (sinceMs) => ({
      name: 'the newest row on the page changes',
      missing: async () => {
        const keys = new Set(messagesWithRows(log.events, sinceMs).map(({ data }) => data.firstKey));
        return keys.size >= 2 ? undefined : keys.size === 0 ? 'no rows yet' : 'the same newest row so far';
      },
    }),
    documents: async () => {
      const couchbase = cluster.view.keys[serviceKey('couchbase', 1)];
      return couchbase === undefined ? undefined : couchbaseDocuments(couchbase, lab.config.stretch);
    },
    screenshot: async (machine, name) => {
      const file = `${name}.png`;
      const [found] = lab.machines([machine]);
      const taken =
        found === undefined
          ? 'there is no such machine'
          : await pagePicture(lab, `http://${found.address}:${pagePort}/`, join(runDir, file));
      if (taken === 'taken') log.add({ type: 'screenshot', data: { file, machine } });
      else log.add({ type: 'note', data: { text: `no picture of the page on ${machine}: ${taken}` } });
      return taken === 'taken' ? file : undefined;
    },
  };
}
