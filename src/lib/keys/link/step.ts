/** One step of linking: the state after it, and what to send to the other device. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeLinkMessage } from './messages.ts';

export interface LinkStep<S> {
  readonly state: S;
  readonly send: readonly Bytes[];
}

export type LinkError =
  | { readonly type: 'link-expired' }
  | { readonly type: 'link-refused' }
  | { readonly type: 'link-intercepted' }; // somebody else who has the code spoke, or showed keys of its own

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

/** Over by the person's word, and the other side is told. */
export function refused(): LinkStep<LinkFailed> {
  return over('link-refused');
}

/** Over because a third party has been heard, and the other side is told that it is over. */
export function intercepted(): LinkStep<LinkFailed> {
  return over('link-intercepted');
}

function over(type: LinkError['type']): LinkStep<LinkFailed> {
  return { state: failed(type), send: [encodeLinkMessage({ type: 'refuse' })] };
}
