/**
 * Expected outcomes as values. A wrong password, a full disk or a stale answer is not an exception: the caller gets a
 * typed error and decides. What throws is a broken invariant.
 */
export type Result<T, E extends { readonly type: string }> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok(): { readonly ok: true; readonly value: undefined };
export function ok<T>(value: T): { readonly ok: true; readonly value: T };
export function ok<T>(value?: T): { readonly ok: true; readonly value: T | undefined } {
  return { ok: true, value };
}

export function fail<E extends { readonly type: string }>(
  error: E,
): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
