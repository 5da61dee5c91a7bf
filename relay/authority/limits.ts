/** How often the authority may be asked. */
export interface Limits {
  readonly points: number; // per address, or person, and window
  readonly windowSeconds: number;
}

/** 30 tries a minute and network address: a person types one, a family behind one router a few. */
export const LIMITS: Limits = { points: 120, windowSeconds: 60 };

/** What each kind of request takes of them. A call has a chain verified: about fifteen a minute, challenges included. */
export const COST = { read: 1, challenge: 1, post: 4, called: 7, newCode: 20 };

/** Calls of one person, from wherever: opening the records of a family takes a dozen, on a bad network a few dozen. */
export const PERSON_LIMITS: Limits = { points: 600, windowSeconds: 3_600 };
