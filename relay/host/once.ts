/** Does the work the first time, and gives every caller the outcome of that. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let outcome: Promise<T> | null = null;
  return () => (outcome ??= work());
}
