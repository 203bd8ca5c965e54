/**
 * The JSON that a URL answers with; undefined when nobody answers in time, with an error, or with something else.
 * @param deadlineMs for the whole answer
 */
export async function getJson<T>(
  url: string,
  deadlineMs: number,
  headers: Record<string, string> = {},
): Promise<T | undefined> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(deadlineMs) });
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined;
  }
}
