import type { DashboardRoute } from '../routes/route.ts';

/** JSON Schema, as far as it is used here. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean;
}

/** What an API description says of an endpoint beyond its summary. */
export interface RouteSchema {
  readonly params?: Schema;
  readonly querystring?: Schema;
  readonly body?: Schema;
  readonly response?: Readonly<Record<string, Schema>>;
}

const text = (description?: string): Schema => ({
  type: 'string',
  ...(description === undefined ? {} : { description }),
});
const number = (description?: string): Schema => ({
  type: 'number',
  ...(description === undefined ? {} : { description }),
});
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const list = (items: Schema): Schema => ({ type: 'array', items });
const orNull = (type: string, description?: string): Schema => ({
  type: [type, 'null'],
  ...(description === undefined ? {} : { description }),
});
/** An object with these fields, all of them there, and possibly more. */
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: true,
});
/** Parameters, of which `required` must be given. */
const query = (properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const items = (item: Schema): Schema => object({ items: list(item) });
const ok = (schema: Schema): RouteSchema => ({ response: { 200: schema } });

const TIME = number('Epoch milliseconds');
const RANGE = { from: TIME, to: TIME };
const LOCAL = object({ en: text(), nl: text() });
const SEVERITY = oneOf('info', 'warning', 'critical');
const RULE_FIELDS: Readonly<Record<string, Schema>> = {
  name: text(),
  metric: text('A name from GET /metrics'),
  kind: oneOf('threshold', 'rate', 'absence', 'baseline'),
  comparison: oneOf('above', 'below'),
  threshold: number(),
  recovery: number('Where it ends again'),
  forMs: number('How long the condition must hold before it fires'),
  clearForMs: number('How long its opposite must hold before it ends'),
  overMs: number('Look-back of rate and baseline'),
  severity: SEVERITY,
  group: text(),
  noData: oneOf('keep', 'ok'),
  enabled: { type: 'boolean' },
  channels: list(text('Id of a channel; none for all')),
};
const RULE = object({ id: text(), ...RULE_FIELDS, isDefault: { type: 'boolean' } });
const ALERT = object({
  id: text(),
  ruleId: text(),
  name: text(),
  severity: SEVERITY,
  metric: text(),
  group: text(),
  state: oneOf('firing', 'recovering', 'ended'),
  firedAt: TIME,
  endedAt: orNull('number'),
  value: number(),
  peak: number(),
  instances: list(text()),
  acknowledged: orNull('object'),
  silenced: { type: 'boolean' },
});
const CHANNEL = object({
  id: text(),
  name: text(),
  kind: oneOf('webhook', 'slack', 'email'),
  enabled: { type: 'boolean' },
  minSeverity: SEVERITY,
  target: text('Host of the webhook, or the recipients'),
  hasSecret: { type: 'boolean' },
});
const RECOMMENDATION = object({
  id: text(),
  state: oneOf('proposed', 'proven', 'applied', 'verified', 'rolledBack', 'dismissed'),
  proposal: object({ rule: text(), title: LOCAL, explanation: LOCAL, evidence: { type: 'object' } }),
});
const PROVEN = object({
  ...RECOMMENDATION.properties,
  canApply: { type: 'boolean' },
  canRevert: { type: 'boolean' },
  predictedGain: number('Above 1 is better'),
  verifiedGain: orNull('number'),
  verdictDueAt: orNull('number'),
});
const RANKED = object({
  name: text(),
  label: text(),
  count: number(),
  errorCount: number(),
  totalMs: number(),
  p50Ms: number(),
  p95Ms: number(),
  p99Ms: number(),
  timeRatio: number('Share of the time of all names, 0..1'),
});
const FILE: RouteSchema = {
  querystring: query({ ms: number('How long to record, at most 30000') }),
  response: { 200: { type: 'string', description: 'A file' } },
};
const ACT = ok(RECOMMENDATION);

/** By endpoint. Those that are not here have a summary only; their types are in `api.ts`. */
const SCHEMAS: Readonly<Record<string, RouteSchema>> = {
  'GET /snapshot': ok(
    object({
      at: TIME,
      startedAt: TIME,
      windows: list({ type: 'object', description: 'One second' }),
      routes: list({ type: 'object' }),
      statements: list({ type: 'object' }),
      bottlenecks: list({ type: 'object' }),
      slowRequests: list({ type: 'object' }),
      health: { type: 'object', description: 'By component' },
      metrics: list(object({ name: text(), unit: text() })),
    }),
  ),
  'GET /history': {
    querystring: query({ metric: text(), ...RANGE, step: number('Milliseconds') }, 'metric'),
    ...ok(
      object({
        metric: text(),
        unit: text(),
        ...RANGE,
        stepMs: number(),
        values: list(orNull('number', 'Not measured')),
      }),
    ),
  },
  'GET /series': {
    querystring: query(
      {
        metrics: text('Comma separated, 1 to 24'),
        ...RANGE,
        points: number('10 to 2000'),
        compare: text('previous, mark:<id>, or milliseconds'),
        instance: text(),
        format: oneOf('json', 'csv'),
      },
      'metrics',
    ),
    ...ok(object({ ...RANGE, stepMs: number(), source: oneOf('database', 'memory'), lines: list({ type: 'object' }) })),
  },
  'GET /rankings': {
    querystring: query({ kind: oneOf('route', 'statement', 'user'), ...RANGE, count: number('1 to 100') }, 'kind'),
    ...ok(object({ kind: text(), ...RANGE, stepMs: number(), instances: list(text()), items: list(RANKED) })),
  },
  'GET /stream': { response: { 200: { type: 'string', description: 'text/event-stream' } } },
  'GET /alerts': {
    querystring: query({ state: oneOf('open', 'ended', 'all'), limit: number('1 to 500') }),
    ...ok(items(ALERT)),
  },
  'POST /alerts/:id/acknowledge': { body: object({}), ...ok(ALERT) },
  'GET /alerts/rules': ok(items(RULE)),
  'POST /alerts/rules': { body: query(RULE_FIELDS, 'name', 'metric', 'threshold'), ...ok(RULE) },
  'PATCH /alerts/rules/:id': { body: query(RULE_FIELDS), ...ok(RULE) },
  'POST /alerts/rules/backtest': {
    body: query({ rule: query(RULE_FIELDS, 'name', 'metric', 'threshold'), ...RANGE }, 'rule'),
    ...ok(
      object({ ...RANGE, stepMs: number(), coverageRatio: number('0..1'), firedCount: number(), firingMs: number() }),
    ),
  },
  'GET /alerts/silences': ok(items(object({ id: text(), reason: text(), until: TIME, by: text() }))),
  'POST /alerts/silences': {
    body: query({ match: { type: 'object' }, reason: text(), until: TIME }, 'match', 'reason', 'until'),
    ...ok(object({ id: text() })),
  },
  'GET /alerts/channels': ok(items(CHANNEL)),
  'POST /alerts/channels': {
    body: query({ name: text(), kind: oneOf('webhook', 'slack', 'email') }, 'name', 'kind'),
    ...ok(CHANNEL),
  },
  'GET /recommendations': ok(items(PROVEN)),
  'GET /recommendations/:id': ok(PROVEN),
  'POST /recommendations/:id/apply': ACT,
  'POST /recommendations/:id/revert': ACT,
  'POST /recommendations/:id/dismiss': ACT,
  'GET /profile.cpuprofile': FILE,
  'GET /profile.pb.gz': FILE,
  'GET /profile.json': ok(
    object({ at: TIME, routes: list({ type: 'object' }), bottlenecks: list({ type: 'object' }) }),
  ),
};

/** What an API description says of a route; its parameters are read from its path. */
export function schemaOf({ method, path }: Pick<DashboardRoute, 'method' | 'path'>, prefix: string): RouteSchema {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const params = names.length === 0 ? {} : { params: object(Object.fromEntries(names.map((name) => [name, text()]))) };
  return { ...params, ...SCHEMAS[`${method} ${path.slice(prefix.length)}`] };
}
