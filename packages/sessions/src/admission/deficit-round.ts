/** Somebody among whom capacity is shared. */
export interface Share {
  /** What is left to spend; below 0 it is paid off in later rounds. */
  creditMs: number;
  /** What a round gives. */
  readonly quantumMs: number;
}

/**
 * The next of a ring by deficit round robin: the first who can run and has credit; when all who can run are in debt,
 * rounds pass at once until one has, so that no capacity is left idle. After Shreedhar and Varghese, "Efficient Fair
 * Queuing Using Deficit Round Robin" (1995), charging measured cost afterwards because it is not known before.
 */
export function nextByDeficit<Member extends Share>(
  ring: Iterable<Member>,
  canRun: (member: Member) => boolean,
): Member | undefined {
  let soonest: Member | undefined;
  let rounds = Number.POSITIVE_INFINITY;
  for (const member of ring) {
    if (!canRun(member)) continue;
    if (member.creditMs > 0) return member;
    const own = roundsUntilCredit(member);
    if (own < rounds) {
      soonest = member;
      rounds = own;
    }
  }
  if (soonest === undefined) return undefined;
  for (const member of ring)
    if (canRun(member)) member.creditMs = Math.min(member.quantumMs, member.creditMs + rounds * member.quantumMs);
  return soonest;
}

/** Pays a debt as rounds would, where nobody else waits for whom they would matter. */
export function payDebt(member: Share): void {
  if (member.creditMs <= 0) member.creditMs += roundsUntilCredit(member) * member.quantumMs;
}

function roundsUntilCredit({ creditMs, quantumMs }: Share): number {
  return Math.floor(-creditMs / quantumMs) + 1;
}
