/** Both sides of the cold join, as join.ts sees them. */
export interface Joined {
  readonly milliseconds: number;
  readonly bytes: number;
  readonly entries: number;
}

export interface JoinSide {
  /** A client with nothing comes in; settles when its document is there. */
  join(): Promise<Joined>;
  leave(): void;
}
