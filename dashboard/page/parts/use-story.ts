import { useEffect, useState } from 'react';
import { io, type Socket } from 'socket.io-client';
import { type Moment, nothingSeen } from '../../moment/moment.ts';
import type { Seen } from '../../moment/seen.ts';
import { continued, emptyStory, fold, type Story } from '../../moment/story.ts';
import { type GuideNow, type Hello, mostSeen, type ToPage, type ToServer } from '../../server/protocol.ts';

export type Link = Socket<ToPage, ToServer>;

export interface Heard {
  readonly connected: boolean;
  /** Attempts that failed since the page was last connected. */
  readonly failures: number;
  /** Undefined until the first one. */
  readonly hello: Hello | undefined;
  readonly story: Story;
  /** Undefined: no guide is followed where the dashboard was started. */
  readonly guide: GuideNow | undefined;
  /** After all of it. */
  readonly last: Moment;
}

const nothingHeard: Heard = {
  connected: false,
  failures: 0,
  hello: undefined,
  story: emptyStory,
  guide: undefined,
  last: nothingSeen,
};

/** The story as the server tells it, and the way to ask it. */
export function useStory(): { readonly heard: Heard; readonly link: Link | undefined } {
  const [heard, setHeard] = useState(nothingHeard);
  const [link, setLink] = useState<Link>();
  useEffect(() => {
    const socket: Link = io({
      // The address has the token in front.
      path: `${window.location.pathname}socket.io`,
      transports: ['websocket'],
      reconnectionDelayMax: 3_000,
    });
    setLink(socket);
    const change = (part: Partial<Heard>) => setHeard((before) => ({ ...before, ...part }));
    socket.on('connect', () => change({ connected: true, failures: 0 }));
    socket.on('disconnect', (reason) => {
      change({ connected: false });
      // The only end after which Socket.IO does not come back by itself.
      if (reason === 'io server disconnect') socket.connect();
    });
    socket.on('connect_error', () => setHeard((before) => ({ ...before, failures: before.failures + 1 })));
    socket.on('hello', (hello) =>
      change({ hello, story: hello.story, last: fold(hello.story.base, hello.story.seen) }),
    );
    socket.on('guide', (guide) => change({ guide: guide ?? undefined }));
    socket.on('seen', (more: readonly Seen[]) =>
      setHeard((before) => ({
        ...before,
        story: continued(before.story, more, mostSeen),
        last: fold(before.last, more),
      })),
    );
    return () => void socket.disconnect();
  }, []);
  return { heard, link };
}
