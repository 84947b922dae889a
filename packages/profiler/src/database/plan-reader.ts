import type { PlannedScan } from '@dataguardian/telemetry';

/** A node of PostgreSQL's `EXPLAIN (FORMAT JSON)`, as far as it is read. */
interface PlanNode {
  readonly 'Node Type'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Plan Rows'?: number;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A table that a plan reads in full, before the size of the table is known. */
export type ReadScan = Omit<PlannedScan, 'tableRowCount'>;

/** Finds full reads with a condition in the answer of `EXPLAIN (FORMAT JSON)`; pure. Literals in conditions are masked. */
export function readScans(answer: unknown): readonly ReadScan[] {
  const roots: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer;
  if (!Array.isArray(roots)) return [];
  return roots.flatMap((root: unknown) =>
    // PostgreSQL documents the shape: an array of objects with one plan each (section 14.1).
    typeof root === 'object' && root !== null && 'Plan' in root ? scansOf(root.Plan as PlanNode) : [],
  );
}

function scansOf(node: PlanNode): readonly ReadScan[] {
  const below = (node.Plans ?? []).flatMap(scansOf);
  const table = node['Relation Name'];
  if (!/^(?:Parallel )?Seq Scan$/.test(node['Node Type'] ?? '') || table === undefined || node.Filter === undefined)
    return below;
  return [{ table, keptRowCount: node['Plan Rows'] ?? 0, condition: maskLiterals(node.Filter) }, ...below];
}

/** Replaces quoted texts and numbers by `?` and folds white space. */
export function maskLiterals(text: string): string {
  return text
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/(?<![\w$."])\d+(?:\.\d+)?\b/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
