/** What the server answered instead of what was asked for; status 0: nothing, it could not be reached. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  /** Problems by field of the form, where the server names them. */
  readonly problems: Readonly<Record<string, string>>;

  constructor(status: number, message: string, problems: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Time for the answer, ms. */
  readonly timeoutMs?: number;
}

/** Time for an answer where nothing else is said, ms: a machine whose cord was pulled says nothing at all, for minutes. */
const standardTimeoutMs = 10_000;

export interface Answer<T> {
  readonly value: T;
  readonly etag: string | undefined;
}

/**
 * One request to the server this page came from, with the session's cookie. The header `ns-server-ui` says that this page asks.
 * @throws RestError for every answer but 2xx, and with status 0 for none
 */
export async function askFor<T>(path: string, ask: Ask = {}): Promise<Answer<T>> {
  const { response, text } = await reach(path, ask);
  const json = parse(text);
  if (!response.ok) throw new RestError(response.status, reasonOf(response, json, text), problemsOf(json));
  return { value: json as T, etag: response.headers.get('etag') ?? undefined };
}

/** The same, for the value alone. */
export async function ask<T>(path: string, asked: Ask = {}): Promise<T> {
  return (await askFor<T>(path, asked)).value;
}

async function reach(path: string, asked: Ask): Promise<{ response: Response; text: string }> {
  const { method = 'GET', form, json, headers, signal, timeoutMs = standardTimeoutMs } = asked;
  const timeout = AbortSignal.timeout(timeoutMs);
  const body = form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json);
  const type: Record<string, string> = json === undefined ? {} : { 'Content-Type': 'application/json' };
  try {
    const response = await fetch(path, {
      method,
      body,
      headers: { 'ns-server-ui': 'yes', ...type, ...headers },
      cache: 'no-store',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new RestError(0, 'The server does not answer.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The server's own words: `{reason}` of documents and views, `{errors}` of forms, a list of sentences, plain text. */
function reasonOf(response: Response, json: unknown, text: string): string {
  if (Array.isArray(json) && json.length > 0) return json.map(String).join(' ');
  if (isRecord(json)) {
    if (typeof json['reason'] === 'string') return json['reason'];
    const problems = Object.values(problemsOf(json));
    if (problems.length > 0) return problems.join(' ');
    if (typeof json['_'] === 'string') return json['_'];
  }
  if (typeof json === 'string') return json;
  return json === undefined && text.trim() !== '' ? text.trim() : `The server answered ${response.status}.`;
}

function problemsOf(json: unknown): Readonly<Record<string, string>> {
  const errors = isRecord(json) ? json['errors'] : undefined;
  if (!isRecord(errors)) return {};
  return Object.fromEntries(Object.entries(errors).map(([field, problem]) => [field, String(problem)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
