/** Work done one after the other, in the order in which it was asked for. */
export class Line {
  #last: Promise<void> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    // What throws is its caller's; the next one runs all the same.
    this.#last = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  /** When all that was asked for so far is done. */
  settled(): Promise<void> {
    return this.#last;
  }
}
