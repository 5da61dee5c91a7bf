/**
 * What is put off to the end of a turn of the event loop, so that what the turn brings is done once: first news are
 * gathered into messages, then every socket that has something to say writes it at one go.
 */
import type { Clock } from '../host/clock.ts';

export interface Turn {
  /** Runs `action` at the end of this turn, before sockets write. */
  gather(action: () => void): void;
  /** Runs `action` at the end of this turn, when all is gathered. */
  write(action: () => void): void;
}

export function createTurn(clock: Clock): Turn {
  let gathering: (() => void)[] = [];
  let writing: (() => void)[] = [];

  const end = () => {
    const gather = gathering;
    gathering = [];
    for (const action of gather) action();
    const write = writing;
    writing = [];
    for (const action of write) action();
  };
  const begin = () => {
    if (gathering.length + writing.length === 0) clock.setTimer(0, end);
  };

  return {
    gather(action) {
      begin();
      gathering.push(action);
    },
    write(action) {
      begin();
      writing.push(action);
    },
  };
}
