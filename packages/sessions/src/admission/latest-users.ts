/** Who was served last, so that one can tell whether somebody else is about. */
export interface LatestUsers {
  /** Takes that `user` was started. @param at In milliseconds of a monotonic clock. */
  note(user: string, at: number): void;
  /** When somebody other than `user` was started last; minus infinity when nobody was. */
  othersAt(user: string): number;
}

/** Remembers the last start of the latest user and of the latest other one, which is enough for everybody's question. */
export function createLatestUsers(): LatestUsers {
  let latest = { user: '', at: -Infinity };
  let before = latest;
  return {
    note(user, at) {
      if (user !== latest.user) before = latest;
      latest = { user, at };
    },
    othersAt: (user) => (latest.user === user ? before.at : latest.at),
  };
}
