/** What a connection may ask: a bucket that fills with time and holds the burst. */
export interface Rate {
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
}

export class Credit {
  #left: number;
  #countedAt: number;

  constructor({ requestBurst }: Rate, now: number) {
    this.#left = requestBurst;
    this.#countedAt = now;
  }

  /** Takes one request out; false when there is none to take. */
  spend({ requestBurst, requestsPerSecond }: Rate, now: number): boolean {
    if (this.#left < 1) {
      const earned = ((now - this.#countedAt) / 1000) * requestsPerSecond;
      this.#left = Math.min(requestBurst, this.#left + earned);
      this.#countedAt = now;
      if (this.#left < 1) return false;
    }
    this.#left--;
    return true;
  }
}
