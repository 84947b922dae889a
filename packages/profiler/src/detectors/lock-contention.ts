import type { Detector } from '../bottlenecks.ts';
import { elapsedMs } from '../evidence.ts';

/** One look may catch an ordinary short wait; three looks at waits of 50 ms do not. */
const FEWEST_LOOKS = 3;
const WAIT_MS = 50;

/** Rule: one statement is seen waiting for a lock at three looks, 50 ms or longer. Blamed is the waiting statement. */
export const lockContention: Detector = {
  rule: 'lock-contention',
  detect(evidence) {
    const waits = evidence.lockWaits.filter(({ value }) => value.waitMs >= WAIT_MS);
    return [...Map.groupBy(waits, ({ value }) => value.fingerprint)]
      .filter(([, looks]) => looks.length >= FEWEST_LOOKS)
      .map(([fingerprint, looks]) => {
        const worst = looks.toSorted((a, b) => b.value.waitMs - a.value.waitMs)[0];
        const spans = evidence.traces
          .flatMap(({ spans: all }) => all)
          .filter((span) => span.fingerprint === fingerprint);
        const waitMs = worst?.value.waitMs ?? 0;
        return {
          rule: 'lock-contention',
          subject: worst?.value.statement ?? '',
          severity: waitMs >= 1_000 ? 'high' : 'medium',
          title: `Waits up to ${Math.round(waitMs)} ms for a lock${worst?.value.table === undefined ? '' : ` on ${worst.value.table}`} held by: ${worst?.value.blockingStatement ?? ''}`,
          evidence: {
            waitMs,
            lookCount: looks.length,
            waitingCount: Math.max(...looks.map(({ value }) => value.waitingCount)),
          },
          location: spans.find(({ site }) => site !== undefined)?.site ?? `statement ${fingerprint}`,
          share: Math.min(1, (looks.length * WAIT_MS) / elapsedMs(evidence)),
          since: looks[0]?.at ?? evidence.since,
        };
      });
  },
};
