/** Waits for what must become true. */

/** Whether it became true within half a minute; a question that fails is asked again. */
export async function until(holds: () => Promise<boolean>): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 50) {
    if (await holds().catch(() => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
