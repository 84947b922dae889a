/** A node of `EXPLAIN (FORMAT JSON)`: names to values, children in `Plans` (PostgreSQL 18, section 14.1). */
export type PlanNode = Readonly<Record<string, unknown>>;

/** Fields that hold names and kinds; every other text may hold a literal. */
const NAMES = new Set([
  'Node Type',
  'Parent Relationship',
  'Join Type',
  'Strategy',
  'Partial Mode',
  'Relation Name',
  'Schema',
  'Alias',
  'Index Name',
  'Scan Direction',
  'Subplan Name',
  'CTE Name',
  'Function Name',
  'Operation',
  'Command',
]);
/** What says why a node reads what it reads. */
const CONDITIONS = [
  'Index Cond',
  'Recheck Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'Sort Key',
  'Group Key',
];

/** The root node in the answer of `EXPLAIN (FORMAT JSON)`; undefined when it is no plan. */
export function toPlanNode(answer: unknown): PlanNode | undefined {
  const roots: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer;
  const root: unknown = Array.isArray(roots) ? roots[0] : undefined;
  const plan = isNode(root) ? root['Plan'] : undefined;
  return isNode(plan) ? plan : undefined;
}

/** The nodes below `node`. */
export function childrenOf(node: PlanNode): readonly PlanNode[] {
  const below = node['Plans'];
  return Array.isArray(below) ? below.filter(isNode) : [];
}

/** A copy whose conditions hold `?` for each literal. */
export function maskPlan(node: PlanNode): PlanNode {
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === 'Plans' ? childrenOf(node).map(maskPlan) : NAMES.has(name) ? value : maskValue(value),
    ]),
  );
}

/** One line a node, indented, with the planner's estimates and conditions. */
export function renderPlan(node: PlanNode, depth = 0): string {
  const indent = '  '.repeat(depth);
  const { 'Index Name': indexName, 'Relation Name': relationName } = node;
  const index = typeof indexName === 'string' ? ` using ${indexName}` : '';
  const relation = typeof relationName === 'string' ? ` on ${relationName}` : '';
  const figures = `cost=${String(node['Total Cost'])} rows=${String(node['Plan Rows'])}`;
  const conditions = CONDITIONS.filter((name) => node[name] !== undefined).map(
    (name) => `${indent}     ${name}: ${[node[name]].flat().map(String).join(', ')}`,
  );
  const below = childrenOf(node).map((child) => renderPlan(child, depth + 1));
  return [`${indent}-> ${String(node['Node Type'])}${index}${relation} (${figures})`, ...conditions, ...below].join(
    '\n',
  );
}

function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return maskLiterals(value);
  return Array.isArray(value) ? value.map(maskValue) : value;
}

function maskLiterals(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, '?').replaceAll(/(?<![\w$."])\d+(?:\.\d+)?\b/g, '?');
}

function isNode(value: unknown): value is PlanNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
