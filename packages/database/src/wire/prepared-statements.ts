import type { RowShape } from './row-decoder.ts';

/** A statement that the server keeps parsed for one session. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly preparedAt: number;
  /** Whether the server has accepted it. */
  parsed: boolean;
  /** Set once the server has described its rows; `undefined` rows mean that it returns none. */
  described: { readonly shape: RowShape | undefined } | undefined;
}

/** Which statements one session has prepared. */
export interface PreparedStatements {
  find(text: string): PreparedStatement | undefined;
  /** Takes a statement in; gives back the one that had to go for it, if one had. */
  add(
    text: string,
    now: number,
  ): { readonly added: PreparedStatement; readonly evicted: PreparedStatement | undefined };
  forget(text: string): void;
  /** Forgets all and gives their names. */
  takeAll(): readonly string[];
  readonly count: number;
}

/**
 * At most `maxCount` statements, the least recently used go first. Names carry no hash of the text: they are never
 * reused within a session, so that a name can not stand for two texts.
 */
export function createPreparedStatements(maxCount: number): PreparedStatements {
  const byText = new Map<string, PreparedStatement>();
  let nextNumber = 0;
  return {
    find(text) {
      const found = byText.get(text);
      if (found !== undefined && byText.size > 1) {
        byText.delete(text);
        byText.set(text, found);
      }
      return found;
    },
    add(text, now) {
      const oldest = byText.size >= maxCount ? byText.values().next().value : undefined;
      if (oldest !== undefined) byText.delete(oldest.text);
      nextNumber += 1;
      const added: PreparedStatement = {
        name: `dg${nextNumber}`,
        text,
        preparedAt: now,
        parsed: false,
        described: undefined,
      };
      byText.set(text, added);
      return { added, evicted: oldest };
    },
    forget: (text) => void byText.delete(text),
    takeAll() {
      const names = [...byText.values()].map(({ name }) => name);
      byText.clear();
      return names;
    },
    get count() {
      return byText.size;
    },
  };
}
