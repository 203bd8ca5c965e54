import { io } from 'socket.io-client';
import { appTimers } from '#scenarios/harness/prediction/stated-timers.ts';
import { pagePort } from '#scenarios/harness/context/ports.ts';

/**
 * The page of a machine as a visitor who has just come sees it. The lab's web app tells a visitor its newest rows at once, the
 * chapter's with its next query.
 * @param deadlineMs for the connection; a message may take one period of queries more
 * @returns the rows of the first message, or why there was none in time
 */
export async function observePage(
  address: string,
  deadlineMs: number,
): Promise<{ readonly rows: number } | { readonly trouble: string }> {
  const socket = io(`http://${address}:${pagePort}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: deadlineMs,
  });
  let deadline: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      deadline = setTimeout(
        () =>
          resolve({ trouble: socket.connected ? 'it has no rows to show yet' : `nothing answers at port ${pagePort}` }),
        deadlineMs + appTimers.queryMs,
      );
      socket.on('connect_error', () => resolve({ trouble: `nothing answers at port ${pagePort}` }));
      socket.on('message', (rows: unknown) => resolve({ rows: Array.isArray(rows) ? rows.length : 0 }));
    });
  } finally {
    clearTimeout(deadline);
    socket.disconnect();
  }
}
