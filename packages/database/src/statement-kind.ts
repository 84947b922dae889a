/**
 * What a statement may do, judged from its text alone and on the safe side:
 * - `read`: only reads, waits for no lock of a row, leaves nothing behind in the session;
 * - `exclusive`: one command that needs a session of its own: it writes, locks, sleeps or sets something;
 * - `other`: whatever else, several commands in one text included; `pg` sends it as it always did.
 */
export type StatementKind = 'read' | 'exclusive' | 'other';

const LEADING = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*/;
const READS = /^(?:select|values|table|with)\b/i;
const WRITES = /^(?:insert|update|delete|merge)\b/i;
/** Words after which a statement that starts like a read may write, lock, wait or change its session. */
const SUSPICIOUS =
  /\b(?:insert|update|delete|merge|into|for\s+(?:no\s+key\s+|key\s+)?(?:update|share)|pg_sleep\w*|pg_(?:try_)?advisory\w*|set_config|nextval|setval|dblink\w*|lo_\w+|pg_notify|pg_(?:terminate|cancel)_backend|pg_\w*(?:wal|slot|replication|backup|reload|rotate|promote|import|export)\w*)\b/i;

/** Costs a few microseconds; remember the answer where texts repeat. */
export function toStatementKind(text: string): StatementKind {
  const body = text.replace(LEADING, '');
  // More than one command, or a semicolon in a literal: not worth telling apart.
  if (/;(?!\s*$)/.test(body)) return 'other';
  if (WRITES.test(body)) return 'exclusive';
  if (!READS.test(body)) return 'other';
  return SUSPICIOUS.test(body) ? 'exclusive' : 'read';
}
