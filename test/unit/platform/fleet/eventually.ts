/** Waits until `look` gives no complaint any more; at the deadline throws the last one. */
export async function eventually(
  look: () => Promise<string | undefined> | string | undefined,
  deadlineMs = 45_000,
): Promise<void> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const complaint = await Promise.resolve()
      .then(look)
      .catch((error: unknown) => String(error));
    if (complaint === undefined) return;
    if (performance.now() > until) throw new Error(`after ${deadlineMs} ms still: ${complaint}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
