export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks `probe` until it gives a value, at most for `limitMs`. Gives undefined when the time is up.
 * A probe that is under way is always waited for.
 */
export async function waitFor<T>(
  probe: () => Promise<T | undefined>,
  limitMs: number,
  everyMs = 50,
): Promise<T | undefined> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() >= deadline) return undefined;
    await sleep(everyMs);
  }
}
