import { EventEmitter } from 'node:events';
import type { Clock } from '@dataguardian/telemetry';
import type { Client } from 'pg';
import { DatabaseError } from '../errors.ts';
import type { ResultField } from '../statement-runner.ts';
import type { Wire, WireObserver, WireStatus } from '../wire-observer.ts';
import { createFrameReader } from './frame-reader.ts';
import { createFrameWriter } from './frame-writer.ts';
import { isClientQuiet, openClientInternals } from './pg-client.ts';
import { createPreparedStatements, type PreparedStatement, type PreparedStatements } from './prepared-statements.ts';
import { readCommandTag, readRowDescription } from './result-messages.ts';
import { createShapes, type RowReaders, type RowShape } from './row-decoder.ts';
import { readServerError } from './server-error.ts';
import { encodeValue } from './value-encoder.ts';

/** What a statement gave, and how long the session was busy with it. */
export interface WireResult {
  readonly rows: unknown[];
  readonly fields: readonly ResultField[];
  readonly command: string;
  /** Undefined where the server counts nothing. */
  readonly rowCount: number | undefined;
  readonly serviceMs: number;
}

/** A statement to send; only one command, never COPY. */
export interface WireStatement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly rowMode?: 'object' | 'array' | undefined;
  /** Whether the server may keep it parsed for the next time. */
  readonly prepare: boolean;
}

/** A session on which statements of our own follow each other without waiting for the answers. */
export interface WireSession {
  readonly wire: Wire;
  /** As the server said it last. */
  readonly status: WireStatus;
  /** Statements sent and not answered. */
  readonly inFlightCount: number;
  /** Whether it still takes statements. */
  readonly isOpen: boolean;
  readonly preparedCount: number;
  /** Has what is prepared parsed and planned anew with its next use. */
  renewStatements(): void;
  /** When the session became busy with what it is doing, the client's own queries included; undefined while idle. */
  readonly busySince: number | undefined;
  /**
   * Sends behind what is under way; every statement commits by itself, an error concerns its own statement only.
   * @throws the server's error, DatabaseError DATABASE_CONNECTION_LOST
   */
  send(statement: WireStatement): Promise<WireResult>;
  /** When it last became ready; 0 before. */
  readonly lastReadyAt: number;
  /** Tells that the client sends a query of its own. */
  noteClientStatement(text: string): void;
  /** Whether nothing is under way, neither of ours nor of the client. */
  isQuiet(): boolean;
  /** Calls back once, when nothing is under way any more; at once when nothing is. */
  whenQuiet(callback: () => void): void;
  /** Fails everything under way. */
  lose(cause: unknown): void;
  /** Closes the socket without a word. */
  sever(): void;
}

/** What a session is built with. */
export interface WireSessionOptions {
  readonly clock: Clock;
  readonly observers: readonly WireObserver[];
  /** Statements that the server keeps parsed for the session; 0 turns that off. */
  readonly maxPreparedStatements: number;
  /** Called with the text of each statement sent. */
  readonly onSend: (text: string) => void;
}

class UnderWay {
  readonly rows: unknown[] = [];
  shape: RowShape | undefined;
  readers: RowReaders | undefined;
  error: unknown = undefined;
  command = '';
  rowCount: number | undefined = undefined;
  readonly asArray: boolean;
  readonly statement: WireStatement;
  readonly prepared: PreparedStatement | undefined;
  /** Whether the statement was there from an earlier use. */
  readonly reused: boolean;
  readonly sentAt: number;
  readonly resolve: (result: WireResult) => void;
  readonly reject: (error: unknown) => void;

  constructor(
    statement: WireStatement,
    { prepared, reused, shape }: Written,
    sentAt: number,
    settle: Pick<UnderWay, 'resolve' | 'reject'>,
  ) {
    this.statement = statement;
    this.asArray = statement.rowMode === 'array';
    this.prepared = prepared;
    this.reused = reused;
    this.shape = shape;
    this.readers = shape?.mixed;
    this.sentAt = sentAt;
    this.resolve = settle.resolve;
    this.reject = settle.reject;
  }
}

interface Written {
  readonly prepared: PreparedStatement | undefined;
  readonly reused: boolean;
  /** Set when the columns are known and were asked for in their cheapest formats. */
  readonly shape: RowShape | undefined;
}

/**
 * The server decides after five executions whether a prepared statement gets one plan for all values, and never thinks
 * again, whatever indexes come (PostgreSQL 18, `plancache.c`): now and then it starts over.
 */
const RENEW_AFTER_MS = 10 * 60_000;

/** Commands after which the server may know none of what was prepared, the client's own among them. */
const DROPS_STATEMENTS: ReadonlySet<string> = new Set(['DISCARD', 'DEALLOCATE']);

const compileShape = createShapes();

/**
 * Puts itself between the socket and the client's parser before the client connects. Messages for statements sent here
 * are read here; all others go to the client untouched, so that it logs in, talks TLS, hears notices and runs its own
 * queries as ever.
 */
export function attachWireSession(client: Client, options: WireSessionOptions): WireSession {
  const { clock, observers, maxPreparedStatements, onSend } = options;
  const internals = openClientInternals(client);
  const writer = createFrameWriter();
  const prepared: PreparedStatements = createPreparedStatements(maxPreparedStatements);
  // A ring would save the moves of `shift`; depths are capped far below where they cost.
  const underWay: UnderWay[] = [];
  const relay = new EventEmitter();
  let status: WireStatus = 'I';
  let lastReadyAt = 0;
  let flushing = false;
  let lostCause: unknown;
  let clientSentAt: number | undefined;
  let whenQuiet: (() => void)[] = [];
  const wire: Wire = {
    get backendId() {
      return internals.processId();
    },
  };

  const flush = (): void => {
    flushing = false;
    const bytes = writer.take();
    if (bytes.length > 0 && lostCause === undefined) internals.write(bytes);
  };

  const isQuiet = (): boolean => underWay.length === 0 && isClientQuiet(client);
  const tellQuiet = (): void => {
    if (whenQuiet.length === 0 || !(lostCause !== undefined || isQuiet())) return;
    const callbacks = whenQuiet;
    whenQuiet = [];
    for (const callback of callbacks) callback();
  };

  const settle = (head: UnderWay): void => {
    const now = clock.monotonic();
    const serviceMs = now - Math.max(head.sentAt, lastReadyAt);
    lastReadyAt = now;
    const { error, rows, shape, command, rowCount, statement } = head;
    if (error !== undefined && head.prepared !== undefined) {
      const stale = forgetWhenStale(head.prepared, error);
      // A failed autocommit statement has done nothing; parsed anew it runs, or fails with its true error.
      if (stale && head.reused && status === 'I' && lostCause === undefined) {
        enqueue(statement, head);
        return;
      }
    }
    if (error === undefined) head.resolve({ rows, fields: shape?.fields ?? [], command, rowCount, serviceMs });
    else head.reject(error);
  };

  const forgetWhenStale = (statement: PreparedStatement, error: unknown): boolean => {
    const stale = !statement.parsed || isStale(error);
    if (stale && prepared.find(statement.text) === statement) {
      prepared.forget(statement.text);
      if (statement.parsed) writer.closeStatement(statement.name);
    }
    return stale;
  };

  const describe = (head: UnderWay, shape: RowShape | undefined): void => {
    head.shape = shape;
    head.readers = shape?.text;
    if (head.prepared !== undefined) head.prepared.described = { shape };
  };

  const readRow = (head: UnderWay, bytes: Buffer, start: number): void => {
    if (head.error !== undefined) return;
    // Sent behind the statement that had itself described: the columns are known by now, and come as text.
    head.shape ??= head.prepared?.described?.shape;
    const readers = (head.readers ??= head.shape?.text);
    if (readers === undefined) return;
    try {
      head.rows.push(head.asArray ? readers.toArray(bytes, start) : readers.toObject(bytes, start));
    } catch (error) {
      head.error = error;
    }
  };

  const read = (head: UnderWay, code: number, bytes: Buffer, start: number, end: number): boolean => {
    switch (code) {
      case 0x44: // DataRow
        readRow(head, bytes, start);
        return true;
      case 0x5a: // ReadyForQuery
        underWay.shift();
        settle(head);
        return true;
      case 0x43: // CommandComplete
        ({ command: head.command, rowCount: head.rowCount } = readCommandTag(bytes, start, end));
        head.shape ??= head.prepared?.described?.shape;
        return true;
      case 0x54: // RowDescription
        describe(head, compileShape(readRowDescription(bytes, start), internals.findTypeParser));
        return true;
      case 0x6e: // NoData
        describe(head, undefined);
        return true;
      case 0x45: // ErrorResponse
        head.error = readServerError(bytes, start, end);
        return true;
      case 0x31: // ParseComplete
        if (head.prepared !== undefined) head.prepared.parsed = true;
        return true;
      case 0x32: // BindComplete
      case 0x33: // CloseComplete
      case 0x49: // EmptyQueryResponse
      case 0x74: // ParameterDescription
        return true;
      default:
        return false;
    }
  };

  const pushFrames = createFrameReader((code, bytes, start, end) => {
    if (code === 0x5a) {
      status = String.fromCharCode(bytes[start] ?? 0x49) as WireStatus;
      if (internals.isConnected()) for (const observer of observers) observer.readyForQuery(wire, status);
    }
    const head = underWay[0];
    if (head === undefined) {
      if (code === 0x5a) {
        clientSentAt = undefined;
        lastReadyAt = clock.monotonic();
      } else if (code === 0x43 && DROPS_STATEMENTS.has(readCommandTag(bytes, start, end).command)) {
        renewStatements();
      }
      relay.emit('data', bytes.subarray(start - 5, end));
      if (code === 0x5a) tellQuiet();
      return;
    }
    if (code === 0x5a) internals.setStatus(status);
    if (!read(head, code, bytes, start, end)) relay.emit('data', bytes.subarray(start - 5, end));
    if (code === 0x5a) tellQuiet();
  });

  internals.interceptData((stream, passOn) => {
    passOn(relay);
    stream.on('data', pushFrames);
  });

  /** Whether the types of a described statement still are parsed as they were when its decoder was compiled. */
  const isCurrent = ({ described }: PreparedStatement): boolean => {
    const shape = described?.shape;
    if (shape === undefined) return true;
    for (let index = 0; index < shape.parsers.length; index++) {
      if (internals.findTypeParser(shape.fields[index]?.dataTypeID ?? 0) !== shape.parsers[index]) return false;
    }
    return true;
  };

  const write = ({ text, values, prepare }: WireStatement, now: number): Written => {
    const encoded = values.length === 0 ? [] : values.map(encodeValue);
    let statement = prepared.find(text);
    if (statement !== undefined && now - statement.preparedAt > RENEW_AFTER_MS) {
      prepared.forget(text);
      writer.closeStatement(statement.name);
      statement = undefined;
    }
    const reused = statement !== undefined;
    if (statement?.described?.shape !== undefined && !isCurrent(statement))
      statement.described = { shape: compileShape(statement.described.shape.fields, internals.findTypeParser) };
    if (statement === undefined) {
      if (prepare && maxPreparedStatements > 0) {
        const { added, evicted } = prepared.add(text, now);
        statement = added;
        if (evicted !== undefined) writer.closeStatement(evicted.name);
      }
      writer.parse(statement?.name ?? '', text);
      writer.describeStatement(statement?.name ?? '');
    }
    const shape = statement?.described?.shape;
    writer.bind(statement?.name ?? '', encoded, shape?.formats ?? []);
    writer.execute();
    writer.sync();
    return { prepared: statement, reused, shape };
  };

  const renewStatements = (): void => {
    // They go out before the next statement, and after what is under way; closing what is not there is no error.
    for (const name of prepared.takeAll()) writer.closeStatement(name);
  };

  const enqueue = (statement: WireStatement, settling: Pick<UnderWay, 'resolve' | 'reject'>): void => {
    // Throws before anything is written when a value cannot be encoded.
    const now = clock.monotonic();
    const written = write(statement, now);
    onSend(statement.text);
    for (const observer of observers) observer.statementSent(wire, statement.text);
    underWay.push(new UnderWay(statement, written, now, settling));
    if (flushing) return;
    flushing = true;
    // After all callers that this turn woke have sent theirs: one write for all.
    process.nextTick(flush);
  };

  const send = (statement: WireStatement): Promise<WireResult> =>
    new Promise((resolve, reject) => {
      if (lostCause === undefined) enqueue(statement, { resolve, reject });
      else reject(toLost(lostCause));
    });

  return {
    wire,
    send,
    get status() {
      return status;
    },
    get inFlightCount() {
      return underWay.length;
    },
    get isOpen() {
      return lostCause === undefined;
    },
    get preparedCount() {
      return prepared.count;
    },
    get lastReadyAt() {
      return lastReadyAt;
    },
    get busySince() {
      const head = underWay[0];
      return head === undefined ? clientSentAt : Math.max(head.sentAt, lastReadyAt);
    },
    renewStatements,
    noteClientStatement(text) {
      clientSentAt ??= clock.monotonic();
      for (const observer of observers) observer.statementSent(wire, text);
    },
    isQuiet,
    whenQuiet(callback) {
      if (lostCause !== undefined || isQuiet()) callback();
      else whenQuiet.push(callback);
    },
    sever: () => internals.destroy(),
    lose(cause) {
      if (lostCause !== undefined) return;
      lostCause = cause ?? new Error('The connection ended.');
      for (const { error, reject } of underWay.splice(0)) reject(toLost(error ?? lostCause));
      tellQuiet();
    },
  };
}

/** Whether the server no longer knows the statement as it was prepared: dropped, or its tables changed. */
function isStale(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const { code, message } = error;
  return code === '26000' || String(code).startsWith('42') || /cached plan must not change/.test(message);
}

function toLost(cause: unknown): DatabaseError {
  return new DatabaseError('DATABASE_CONNECTION_LOST', 'The connection to PostgreSQL was lost during a statement.', {
    cause,
  });
}
