/**
 * Asks the browser to keep the data when space runs out. Only a page can ask (a worker cannot), and some browsers ask
 * the person, so it is done after something the person has just finished. What it answered shows in `SyncView.durable`.
 */
export async function keepDurably(): Promise<void> {
  // Absent in older browsers, whatever the types say; a refusal is an answer, not a failure.
  const storage = navigator.storage as StorageManager | undefined;
  await storage?.persist().catch(() => false);
}
