import type { SessionChanges } from '../statement-runner.ts';
import type { Wire } from '../wire-observer.ts';
import { OWN_STATEMENT } from './catalogue.ts';
import { KNOWN_SETTING, KNOWN_VALUE, MEMBER_SETTING, RELAY_LOCK } from './invalidation-sql.ts';

/** What sessions need to know of their process. */
export interface KnownSessionsHooks {
  readonly member: number;
  /** Whether the others can tell that this process is there. */
  isPresent(): boolean;
}

/**
 * Sessions on which only statements run whose writes their process knows, so that the triggers leave at once. Such a
 * session holds the member's relay lock from before its first silent statement to its own end, or until it is undone:
 * when the process vanishes, the others wait for the lock and then forget everything.
 */
export interface KnownSessions extends SessionChanges {
  /** Whether there ever was one. */
  readonly wereUsed: boolean;
  /** What to send right before a known write, if anything. */
  toPrelude(wire: Wire): string | undefined;
}

/** A session that is lent for something else in between is not worth preparing. */
const LEAST_WRITES = 3;
/** Silent sessions that are not used are undone, long before the server puts them out. */
const MOST_IDLE_MS = 3_000;
/** So that the others do not wait for ever for the sessions of a process behind a dead network. */
const PUT_OUT_AFTER = '30s';
/** A shorter time of the user's own stays. */
const PUT_OUT_WHEN_IDLE = `set_config('idle_session_timeout', case
  when current_setting('idle_session_timeout')::interval between interval '1 ms' and interval '${PUT_OUT_AFTER}'
  then current_setting('idle_session_timeout') else '${PUT_OUT_AFTER}' end, false)`;

/** No session is changed before it has carried a few known writes. */
export function createKnownSessions({ member, isPresent }: KnownSessionsHooks): KnownSessions {
  const changed = new WeakSet<Wire>();
  const earlierWrites = new WeakMap<Wire, number>();
  let wereUsed = false;
  // Behind a pooler the session may be anybody's next: only one that began as this process's own is made silent.
  const becomeSilent = `set_config('${KNOWN_SETTING}', case current_setting('${MEMBER_SETTING}', true) when '${member}' then '${KNOWN_VALUE}' else '' end, false)`;
  // The lock before the silence: the calls in a list of targets run from left to right.
  const prelude = `${OWN_STATEMENT}select pg_advisory_lock_shared(${RELAY_LOCK}, ${member}), ${PUT_OUT_WHEN_IDLE}, ${becomeSilent}`;
  const undo = `${OWN_STATEMENT}select set_config('${KNOWN_SETTING}', null, false), set_config('idle_session_timeout', null, false), pg_advisory_unlock_shared(${RELAY_LOCK}, ${member})`;

  return {
    get wereUsed() {
      return wereUsed;
    },
    toPrelude(wire) {
      if (changed.has(wire) || !isPresent()) return undefined;
      const count = (earlierWrites.get(wire) ?? 0) + 1;
      earlierWrites.set(wire, count);
      if (count <= LEAST_WRITES) return undefined;
      changed.add(wire);
      wereUsed = true;
      return prelude;
    },
    isChanged: (wire) => changed.has(wire),
    toUndo: () => undo,
    undone(wire) {
      changed.delete(wire);
      earlierWrites.delete(wire);
    },
    isOver: (idleMs) => idleMs >= MOST_IDLE_MS || !isPresent(),
  };
}
