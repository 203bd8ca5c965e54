import { request, type IncomingHttpHeaders } from 'node:http';
import { expect, onTestFinished, vi } from 'vitest';

/** An answer that goes on. */
export interface Heard {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  ended: boolean;
  hangUp(): void;
}

/** Resolves when the answer has begun: what is changed after that is told. */
export function listen(base: string, path: string): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const req = request(`${base}${path}`, { agent: false }, (res) => {
      const heard: Heard = {
        status: res.statusCode ?? 0,
        headers: res.headers,
        text: '',
        ended: false,
        hangUp: () => req.destroy(),
      };
      res.setEncoding('utf8').on('data', (text: string) => (heard.text += text));
      res.on('end', () => (heard.ended = true));
      res.on('error', () => undefined);
      resolve(heard);
    });
    req.on('error', reject).end();
    onTestFinished(() => void req.destroy());
  });
}

export const toEnd = (heard: Heard) =>
  vi.waitFor(() => expect(heard.ended).toBe(true), { timeout: 30_000, interval: 10 });
export const lines = (heard: Heard) => heard.text.split('\n').filter(Boolean);
