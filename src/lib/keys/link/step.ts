/** One step of linking: the state after it, and what to send to the other device. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeLinkMessage } from './messages.ts';

export interface LinkStep<S> {
  readonly state: S;
  readonly send: readonly Bytes[];
}

export type LinkError = { readonly type: 'link-expired' } | { readonly type: 'link-refused' };

export interface LinkFailed {
  readonly type: 'failed';
  readonly error: LinkError;
}

export function failed(type: LinkError['type']): LinkFailed {
  return { type: 'failed', error: { type } };
}

/** Nothing to say. */
export function stay<S>(state: S): LinkStep<S> {
  return { state, send: [] };
}

/** Over, and the other side is told. */
export function refused(): LinkStep<LinkFailed> {
  return { state: failed('link-refused'), send: [encodeLinkMessage({ type: 'refuse' })] };
}
