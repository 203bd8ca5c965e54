import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly json: unknown;
}

export const administrator = 'Administrator:Password1';

/** One HTTP request to 127.0.0.1; `form` makes it a form, `json` a JSON body. */
export function ask(
  port: number,
  method: string,
  path: string,
  args: { auth?: string; form?: Record<string, string>; json?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const body = args.form === undefined ? JSON.stringify(args.json) : new URLSearchParams(args.form).toString();
  const auth = args.auth === undefined ? {} : { auth: args.auth };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, agent: false, headers: args.headers, ...auth },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, body: text, headers: incoming.headers, json: parse(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
