import type { Clock } from '@dataguardian/telemetry';
import { DatabaseError } from '../errors.ts';
import type { StatementProfile } from '../statement-profiles.ts';
import type { WireResult, WireStatement } from '../wire/wire-session.ts';
import type { PoolMember } from './pool-member.ts';

/** What sharing asks of its pool. */
export interface SharedMembersWorld {
  readonly clock: Clock;
  readonly laneCount: number;
  /** An idle member, taken out of the idle ones; undefined when none is. */
  takeIdle(): PoolMember | undefined;
  /** Whether somebody waits for a whole client and no further one may be opened. */
  isContended(): boolean;
  request(settle: (error: Error | undefined, member: PoolMember | undefined) => void): void;
  started(member: PoolMember): void;
  /** One statement less; the member may be retired or go back among the idle. */
  finished(member: PoolMember, error: Error | undefined): void;
}

/** Members on which short reads of `pool.query` follow each other without waiting for answers. */
export interface SharedMembers {
  send(
    statement: WireStatement,
    profile: StatementProfile,
    onMember: (member: PoolMember) => void,
  ): Promise<WireResult>;
}

const MOST_IN_FLIGHT = 64;
const STALL_MS = 20;

export function createSharedMembers(world: SharedMembersWorld): SharedMembers {
  const members = new Set<PoolMember>();
  let waiting: { go(member: PoolMember): void; fail(error: Error): void }[] = [];
  let requested = false;

  const choose = (): PoolMember | undefined => {
    if (world.isContended()) return undefined;
    let best: PoolMember | undefined;
    for (const member of members) {
      const { session, failure, expired } = member;
      if (session === undefined || !session.isOpen || failure !== undefined || expired) continue;
      if (session.inFlightCount >= MOST_IN_FLIGHT) continue;
      if (session.busySince !== undefined && world.clock.monotonic() - session.busySince > STALL_MS) continue;
      if (best === undefined || member.sharedCount < best.sharedCount) best = member;
    }
    return best;
  };

  const widen = (): PoolMember | undefined => {
    if (members.size >= world.laneCount) return undefined;
    const idle = world.takeIdle();
    if (idle !== undefined) members.add(idle);
    return idle;
  };

  const request = (): void => {
    if (requested) return;
    requested = true;
    world.request((error, member) => {
      requested = false;
      const all = waiting;
      waiting = [];
      if (member === undefined) {
        for (const one of all) one.fail(error ?? new Error('no client'));
        return;
      }
      members.add(member);
      if (all.length === 0) world.finished(member, undefined);
      for (const one of all) one.go(member);
    });
  };

  const run = async (
    member: PoolMember,
    statement: WireStatement,
    { times }: StatementProfile,
    onMember: (member: PoolMember) => void,
  ): Promise<WireResult> => {
    member.sharedCount += 1;
    world.started(member);
    let failure: Error | undefined;
    try {
      if (member.session === undefined) throw new Error('The client cannot be shared.');
      onMember(member);
      const result = await member.session.send(statement);
      times.recordShared(result.serviceMs);
      return result;
    } catch (error) {
      failure = error instanceof DatabaseError && error.cause instanceof Error ? error.cause : (error as Error);
      throw failure;
    } finally {
      member.sharedCount -= 1;
      member.failure ??= failure;
      if (member.sharedCount === 0) members.delete(member);
      world.finished(member, failure);
    }
  };

  return {
    send(statement, profile, onMember) {
      const best = choose();
      const member = best === undefined || best.sharedCount > 0 ? (widen() ?? best) : best;
      if (member !== undefined) return run(member, statement, profile, onMember);
      const waited = new Promise<PoolMember>((go, fail) => {
        waiting.push({ go, fail });
      });
      request();
      return waited.then((given) => run(given, statement, profile, onMember));
    },
  };
}
