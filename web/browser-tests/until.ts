// Waits with a bound, and reports the last state when it is over.

/** `look` gives true when it holds, else what it saw. */
export async function until(what: string, boundMs: number, look: () => Promise<boolean | string>): Promise<void> {
  const end = Date.now() + boundMs;
  for (;;) {
    const seen = await look();
    if (seen === true) return;
    if (Date.now() > end) throw new Error(`Not within ${boundMs / 1000} s: ${what}. Last seen: ${seen}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
