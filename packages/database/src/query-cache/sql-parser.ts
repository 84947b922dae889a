import { setFlagsFromString } from 'node:v8';

/** A node of the parser's tree: `{ SelectStmt: { … } }`, or the fields of one. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** The parser of PostgreSQL itself, as WebAssembly. */
export interface SqlParser {
  /**
   * Statements of `text`, each as `{ SelectStmt: { … } }`.
   * @throws Error of the parser for what PostgreSQL would not parse either.
   */
  parse(text: string): Promise<readonly SqlNode[]>;
  /** Loads it now, mostly on other threads, so that the first text need not wait for that. */
  warmUp(): void;
}

interface ParsedText {
  readonly stmts?: readonly { readonly stmt?: SqlNode }[];
}

/**
 * Loads the parser when the first text comes, so that what never caches never pays for it. It is compiled as a whole, on
 * V8's own threads: function by function, as they are first called, the first text would stop the process for 40 ms.
 */
export function createSqlParser(): SqlParser {
  let loading: Promise<(text: string) => ParsedText> | undefined;
  const load = async (): Promise<(text: string) => ParsedText> => {
    setFlagsFromString('--no-wasm-lazy-compilation');
    try {
      const library = await import('libpg-query');
      await library.loadModule();
      // The library's own types name every node; the shapes read here are checked field by field instead.
      return (text) => library.parseSync(text);
    } finally {
      setFlagsFromString('--wasm-lazy-compilation');
    }
  };
  const open = (): Promise<(text: string) => ParsedText> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  return {
    warmUp: () => void open().catch(() => undefined),
    async parse(text) {
      const parse = await open();
      return (parse(text).stmts ?? []).map(({ stmt }) => stmt ?? {});
    },
  };
}

/** Whether `value` is a node or an object of fields. */
export function isNode(value: unknown): value is SqlNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of `node` when it is of `type`: `fieldsOf({ String: { sval: 'a' } }, 'String')`. */
export function fieldsOf(node: unknown, type: string): SqlNode | undefined {
  const fields = isNode(node) ? node[type] : undefined;
  return isNode(fields) ? fields : undefined;
}

/** `value` as a list of nodes; empty when it is none. */
export function nodesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The names in a list of `String` nodes; `undefined` where something else stands in it. */
export function namesOf(value: unknown): readonly string[] | undefined {
  const names = nodesOf(value).map((item) => fieldsOf(item, 'String')?.['sval']);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** A text field, or `undefined`. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
