const retryMs = 250;

/**
 * Repeats a request until etcd answers; says once that it does not.
 * @param endAt performance.now() ms after which the last error is thrown
 */
export async function whenEtcdAnswers<T>(
  ask: () => Promise<T>,
  endAt: number,
  log: (line: string) => void,
): Promise<T> {
  for (let said = false; ; said = true) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() >= endAt) throw error;
      if (!said) log(`etcd does not answer yet: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
