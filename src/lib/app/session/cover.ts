/**
 * While the page is hidden nothing of an open record is drawn: what a phone shows of its open apps, and what another program
 * reads off a hidden window, is an empty page (attack F08). What was begun stays as it is.
 */

/** Covers whenever the document is hidden; returns the function that ends it. */
export function coverWhileHidden(document: Document): () => void {
  const cover = (): void => {
    document.documentElement.toggleAttribute('data-covered', document.visibilityState === 'hidden');
  };
  cover();
  document.addEventListener('visibilitychange', cover);
  return () => {
    document.removeEventListener('visibilitychange', cover);
    document.documentElement.removeAttribute('data-covered');
  };
}
