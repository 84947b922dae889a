import type { Clock } from '@dataguardian/telemetry';
import type { Wire, WireObserver, WireStatus } from '../wire-observer.ts';
import { parseAnnouncement, type Announcement } from './announcement.ts';
import { OWN_STATEMENT } from './catalogue.ts';
import type { WriteScope } from './classifier.ts';
import type { Cell, Epochs } from './epochs.ts';
import { MEMBER_SETTING, NOTICE_PREFIX, toKnownMark } from './invalidation-sql.ts';
import { toKeyTexts } from './key-text.ts';

type AnnouncedWrite = Extract<Announcement, { readonly kind: 'write' }>;

/** What a text may do, as far as it is known. */
export interface KnownText {
  readonly writes: WriteScope;
  readonly changesSchema: boolean;
}

/** What the watch needs and whom it tells. */
export interface SessionWatchHooks {
  readonly clock: Clock;
  readonly epochs: Epochs;
  readonly member: number;
  /** `undefined` for a text that was not read yet. */
  know(text: string): KnownText | undefined;
  /** Writes that are acknowledged at this moment; their epochs have moved. */
  written(announcements: readonly Announcement[]): void;
  /** A statement that may change the schema is done. */
  schemaMayHaveChanged(): void;
  /** A statement whose triggers said nothing is done, and may have written more than was known. */
  wroteInDoubt(): void;
  /** A session was lost while something under way on it may still be committed. */
  outcomeUnknown(backendId: number | undefined): void;
}

/** A statement on its way, with what is known of it before it is sent. */
export interface Outgoing {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The text to send: one that spares the trigger telling what is known here. */
  readonly sent: string;
  readonly known: KnownText | undefined;
  /** What the trigger of the written table would say. */
  readonly expected: AnnouncedWrite | undefined;
  /** Whether all that it writes is known: no trigger need say anything. */
  readonly isSilent: boolean;
}

/** Follows what every session of the pool has under way. */
export interface SessionWatch {
  readonly observer: WireObserver;
  /** For sessions that only write for this process's reads: whatever settings they have, no answer comes from them. */
  readonly writesObserver: WireObserver;
  /** What is known of a statement. */
  lookAt(text: string, values: readonly unknown[]): Outgoing;
  /** It is the next one on `wire`. */
  expect(wire: Wire, statement: Outgoing): void;
  /** Whether somebody changed settings of `wire` for its whole session. */
  isTainted(wire: Wire): boolean;
  /** What is under way was sent by what was known of another schema. */
  doubt(): void;
  /** Sessions whose settings somebody changed. */
  taintedCount(): number;
  /** Backends of sessions with a possibly writing statement older than `ageMs`. */
  waitingBackends(ageMs: number): readonly number[];
  /** The backend says it has nothing under way: the oldest statement there is not waited for any more. */
  giveUp(backendId: number): void;
}

interface UnderWay {
  readonly sentAt: number;
  readonly held: readonly Cell[];
  readonly changesSchema: boolean;
  /** What its table's trigger would say; used when the trigger says nothing. */
  readonly expected: Announcement | undefined;
  /** Whether the trigger was told to say nothing. */
  readonly isKnown: boolean;
  /** Whether the schema changed meanwhile: it may have written more than was known. */
  isInDoubt: boolean;
}

interface Session {
  readonly wire: Wire;
  /** Whether its answers may be kept. */
  readonly isRead: boolean;
  status: WireStatus;
  readonly underWay: UnderWay[];
  /** Announced and not yet committed. */
  touched: Announcement[];
  tainted: boolean;
  next: Outgoing | undefined;
}

/** More than that in one transaction are told by table. */
const MOST_TOUCHED = 256;
const COMMENTS = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;
/** What cannot commit inside a transaction, when it is the only statement of its text. */
const CANNOT_COMMIT =
  /^(?:select|insert|update|delete|merge|values|with|table|savepoint|rollback|release|set|show|declare|fetch|lock|copy)\b[^;]*;?\s*$/i;
/** What leaves the schema alone, when it is the only statement of its text and calls nothing that does not. */
const LEAVES_SCHEMA =
  /^(?:select|insert|update|delete|merge|with|values|table|begin|start|commit|end|rollback|savepoint|release|set|reset|show|listen|discard|fetch|close)\b[^;]*;?\s*$/i;
/** What changes settings or names for the rest of a session, wherever it stands in the text. */
const TAINTS =
  /(?:^|;)\s*(?:set\s+(?!(?:local|transaction|constraints)\b)|reset\b|load\b)|\bset_config\s*\((?![^()]*,\s*true\s*\))|\btemp(?:orary)?\b/i;
/** What could take a session's locks or settings away from under its process. */
const TOUCHES_SESSION = /\b(?:set_config|pg_(?:try_)?advisory)/i;
const CLEANS = /^discard\s+all\s*;?\s*$/i;
const ALL: WriteScope = { kind: 'all' };

/** What the words of a text tell without a parser. */
interface TextTraits {
  readonly taints: boolean;
  readonly cleans: boolean;
  readonly cannotCommit: boolean;
  readonly leavesSchema: boolean;
}

const MOST_TRAITS = 2_000;

/** What is sent for a text, so that it is not put together for each execution. */
interface MarkedText {
  readonly table: number;
  /** Whether it may change what its session is to its process. */
  readonly touchesSession: boolean;
  readonly sent: string;
}

/** Reads texts once; the latest are remembered. */
function createTraits(): (text: string) => TextTraits {
  const remembered = new Map<string, TextTraits>();
  return (text) => {
    let traits = remembered.get(text);
    if (traits === undefined) {
      const bare = text.replace(COMMENTS, '');
      traits = {
        taints: TAINTS.test(bare),
        cleans: CLEANS.test(bare),
        cannotCommit: CANNOT_COMMIT.test(bare),
        leavesSchema: LEAVES_SCHEMA.test(bare),
      };
      if (remembered.size >= MOST_TRAITS) remembered.delete(remembered.keys().next().value ?? '');
      remembered.set(text, traits);
    }
    return traits;
  };
}

/**
 * From the sending of a statement that may commit a write to its answer, what it may write is held: an answer from
 * memory would be from before a commit that another read has seen already.
 */
export function createSessionWatch(hooks: SessionWatchHooks): SessionWatch {
  const { clock, epochs } = hooks;
  const ownMark = new RegExp(`/\\*dgopt ${hooks.member} \\d+\\*/$`);
  const byText = new Map<string, MarkedText>();
  const sessions = new Map<Wire, Session>();
  const traitsOf = createTraits();
  let tainted = 0;

  const mark = (text: string, table: number): MarkedText => {
    const known = byText.get(text);
    if (known?.table === table) return known;
    const sent = text + toKnownMark(hooks.member, table);
    if (byText.size >= MOST_TRAITS) byText.clear();
    const marked: MarkedText = { table, sent, touchesSession: TOUCHES_SESSION.test(text) };
    byText.set(text, marked);
    return marked;
  };

  const sessionOf = (wire: Wire, isRead = true): Session => {
    let session = sessions.get(wire);
    if (session === undefined) {
      session = { wire, isRead, status: 'I', underWay: [], touched: [], tainted: false, next: undefined };
      sessions.set(wire, session);
    }
    return session;
  };
  const hold = (cells: readonly Cell[]): readonly Cell[] => {
    for (const cell of cells) cell.holds += 1;
    return cells;
  };
  const letGo = ({ held }: UnderWay): void => {
    for (const cell of held) cell.holds -= 1;
    epochs.release(held);
  };
  const settle = (session: Session): void => {
    if (session.touched.length === 0) return;
    const announcements = session.touched;
    session.touched = [];
    for (const announcement of announcements) epochs.move(announcement);
    hooks.written(announcements);
  };

  const cellsToHold = (
    session: Session,
    { cannotCommit }: TextTraits,
    {
      values,
      known,
      expected,
    }: { values: readonly unknown[]; known: KnownText | undefined; expected: AnnouncedWrite | undefined },
  ) => {
    if (session.status === 'I') {
      const pin = known?.writes.kind === 'tables' ? known.writes.dependencies[0]?.pin : undefined;
      return epochs.forWrite(known?.writes ?? ALL, { values }, pin && expected?.keys?.[pin.column]);
    }
    if (cannotCommit) return [];
    // What is still under way before the commit may touch more than was announced so far.
    if (session.underWay.length > 0) return epochs.forWrite(ALL, { values: [] });
    return session.touched.flatMap((announcement) => epochs.forAnnouncement(announcement));
  };

  const taint = (session: Session, { taints, cleans }: TextTraits): void => {
    if (!session.isRead || taints === session.tainted || (!taints && !cleans)) return;
    session.tainted = taints;
    tainted += taints ? 1 : -1;
  };

  const observer: WireObserver = {
    startupSettings: { [MEMBER_SETTING]: String(hooks.member) },
    opened(wire) {
      sessionOf(wire);
    },
    statementSent(wire, sent) {
      const session = sessionOf(wire);
      const next = session.next?.sent === sent ? session.next : undefined;
      session.next = undefined;
      // A statement that is sent anew still carries its mark.
      const isKnown = next === undefined ? sent.endsWith('*/') && ownMark.test(sent) : next.sent !== next.text;
      const text = next?.text ?? (isKnown ? sent.replace(ownMark, '') : sent);
      const values = next?.values ?? [];
      if (text.startsWith(OWN_STATEMENT)) {
        session.underWay.push({
          sentAt: clock.monotonic(),
          held: [],
          changesSchema: false,
          expected: undefined,
          isKnown: false,
          isInDoubt: false,
        });
        return;
      }
      const traits = traitsOf(text);
      taint(session, traits);
      const known = hooks.know(text);
      const expected =
        next !== undefined && next.known === known ? next.expected : known && expectedOf(known.writes, values);
      const held = hold(cellsToHold(session, traits, { values, known, expected }));
      session.underWay.push({
        sentAt: clock.monotonic(),
        held,
        changesSchema: known?.changesSchema ?? !traits.leavesSchema,
        expected,
        isKnown,
        // It waited for a session while the schema changed.
        isInDoubt: isKnown && next?.known !== known,
      });
    },
    noticeReceived(wire, message) {
      if (!message.startsWith(NOTICE_PREFIX)) return;
      const announcement = parseAnnouncement(message.slice(NOTICE_PREFIX.length));
      if (announcement === undefined) return;
      const session = sessionOf(wire);
      session.touched.push(announcement);
      if (session.touched.length > MOST_TOUCHED) session.touched = byTable(session.touched);
    },
    readyForQuery(wire, status) {
      const session = sessionOf(wire);
      const done = session.underWay.shift();
      session.status = status;
      // Somebody disabled the trigger, and this process has not heard of that yet.
      if (done?.expected !== undefined && (done.isKnown || !isAnnounced(session, done.expected)))
        session.touched.push(done.expected);
      if (status === 'I') settle(session);
      if (done === undefined) return;
      if (done.changesSchema) hooks.schemaMayHaveChanged();
      if (done.isInDoubt) hooks.wroteInDoubt();
      letGo(done);
    },
    lost(wire) {
      const session = sessions.get(wire);
      if (session === undefined) return;
      sessions.delete(wire);
      if (session.tainted) tainted -= 1;
      const isUnknown = session.underWay.some(({ held }) => held.length > 0);
      settle(session);
      if (isUnknown) hooks.outcomeUnknown(wire.backendId);
      for (const statement of session.underWay) letGo(statement);
    },
  };

  return {
    observer,
    writesObserver: {
      ...observer,
      opened(wire) {
        sessionOf(wire, false);
      },
    },
    lookAt(text, values) {
      const known = hooks.know(text);
      const writes = known?.writes;
      if (writes?.kind !== 'tables') return { text, values, sent: text, known, expected: undefined, isSilent: false };
      const expected = expectedOf(writes, values);
      // A key whose text is not certain is told by the trigger.
      const isCertain = writes.isExact && (writes.dependencies[0]?.pin === undefined || expected?.keys !== undefined);
      if (expected === undefined || !isCertain) return { text, values, sent: text, known, expected, isSilent: false };
      const { sent, touchesSession } = mark(text, expected.table);
      return { text, values, sent, known, expected, isSilent: writes.isAlone && !touchesSession };
    },
    expect(wire, statement) {
      sessionOf(wire).next = statement;
    },
    doubt() {
      for (const { underWay } of sessions.values())
        for (const statement of underWay) statement.isInDoubt ||= statement.isKnown;
    },
    isTainted: (wire) => sessions.get(wire)?.tainted === true,
    taintedCount: () => tainted,
    waitingBackends(ageMs) {
      const since = clock.monotonic() - ageMs;
      return [...sessions.values()]
        .filter(({ underWay }) => underWay.some(({ sentAt, held }) => held.length > 0 && sentAt < since))
        .flatMap(({ wire }) => wire.backendId ?? []);
    },
    giveUp(backendId) {
      for (const { wire, underWay } of sessions.values()) {
        const statement = wire.backendId === backendId ? underWay.shift() : undefined;
        if (statement !== undefined) letGo(statement);
      }
    },
  };
}

/** What the trigger of the written table itself announces. Values are only known for autocommit statements. */
function expectedOf(writes: WriteScope, values: readonly unknown[]): AnnouncedWrite | undefined {
  if (writes.kind !== 'tables') return undefined;
  const [target] = writes.dependencies;
  if (target === undefined) return undefined;
  const { table, pin } = target;
  const keys = pin && toKeyTexts(pin.sources, pin.type, { values });
  return {
    kind: 'write',
    table,
    transaction: undefined,
    keys: pin === undefined || keys === undefined ? undefined : { [pin.column]: keys },
  };
}

function isAnnounced({ touched }: Session, expected: Announcement): boolean {
  return touched.some(
    (announcement) =>
      announcement.kind === 'write' && expected.kind === 'write' && announcement.table === expected.table,
  );
}

/** One announcement a table, without keys. */
function byTable(announcements: readonly Announcement[]): Announcement[] {
  const tables = new Map<number, Announcement>();
  const schema: Announcement[] = [];
  for (const announcement of announcements)
    if (announcement.kind === 'schema') schema[0] = announcement;
    else tables.set(announcement.table, { ...announcement, keys: undefined });
  return [...schema, ...tables.values()];
}
