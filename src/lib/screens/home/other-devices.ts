import type { Session } from '#lib/app/session/session.svelte.ts';

export function otherDevices({ devices }: Session): number {
  return (devices ?? []).filter(({ revokedAt, thisDevice }) => revokedAt === null && !thisDevice).length;
}

/** The browser may throw the record away, and no other device has it. */
export function isFragile(session: Session): boolean {
  return session.sync?.durable === false && otherDevices(session) === 0;
}
