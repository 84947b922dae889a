import type { LedgerEntry, ShownRecommendation } from '@dataguardian/advisor';
import type { Exemplar, Snapshot } from '@dataguardian/profiler';
import type { ComponentHealth } from '@dataguardian/telemetry';
import type { LedgerView, ProofView, RecommendationItem } from './api/advice.ts';
import type {
  Alert,
  AlertRule,
  BacktestAnswer,
  Channel,
  ChannelInput,
  CreatedChannel,
  Delivery,
  Silence,
} from './api/alerts.ts';
import type { CacheView } from './api/cache.ts';
import type { DatabaseView, StatementDetail } from './api/database.ts';
import type { Component, Overview, SelfCost } from './api/overview.ts';
import type { FlameDiff, FlameGraph, ProfilerView } from './api/profiler.ts';
import type { Heatmap, RequestsView, RequestTrace } from './api/requests.ts';
import type { RankingAnswer } from './api/rankings.ts';
import type { ScansView } from './api/scans.ts';
import type { Items, Section } from './api/section.ts';
import type { History, Instance, Mark, MetricMeta, SeriesAnswer } from './api/series.ts';
import type { DeviceSession, SessionsView } from './api/sessions.ts';

/**
 * Every JSON endpoint: its answer, and its body where it takes one. Paths are below `/api/performance`; parameters in
 * the query are described with the answers' types in `api/`. An error is `{ code, message, hint }` with a status of
 * 400 and above, wrapped by the host if it has a form of its own. Anybody but an administrator gets 404 everywhere.
 *
 * Files: `GET /series?format=csv`, `GET /profile.cpuprofile`, `/profile.pb.gz`, `/profile.json`. Stream: `GET /stream`,
 * see `api/stream.ts`.
 */
export interface PerformanceApi {
  'GET /snapshot': {
    answer: Snapshot & {
      readonly health: Readonly<Record<string, ComponentHealth>>;
      readonly metrics: readonly Pick<MetricMeta, 'name' | 'unit'>[];
    };
  };
  'GET /metrics': { answer: Items<MetricMeta> };
  'GET /history': { answer: History };
  'GET /series': { answer: SeriesAnswer };
  'GET /marks': { answer: Items<Mark> };
  'POST /marks': { body: { label: string; kind?: 'release' | 'note'; at?: number }; answer: Mark };
  'GET /instances': { answer: Items<Instance> };
  'GET /self': { answer: SelfCost };

  'GET /overview': { answer: Overview };
  'GET /components': { answer: Items<Component> };

  'GET /requests': { answer: RequestsView };
  'GET /requests/heatmap': { answer: Heatmap };
  'GET /requests/exemplars': { answer: Items<Exemplar> };
  'GET /requests/:id': { answer: RequestTrace };

  'GET /rankings': { answer: RankingAnswer };

  'GET /database': { answer: Section<DatabaseView> };
  'GET /database/heatmap': { answer: Heatmap };
  'GET /database/statements/:fingerprint': { answer: Section<StatementDetail> };

  'GET /cache': { answer: Section<CacheView> };

  'GET /sessions': { answer: Section<SessionsView> };
  'GET /sessions/users/:id': { answer: Section<Items<DeviceSession>> };
  'DELETE /sessions/users/:id': { answer: { readonly endedCount: number } };
  'DELETE /sessions/:handle': { answer: undefined };

  'GET /profiler': { answer: ProfilerView };
  'GET /profiler/flame': { answer: Section<FlameGraph> };
  'GET /profiler/diff': { answer: Section<FlameDiff> };
  'POST /profiler/sampling': { body: { readonly intervalMs: number }; answer: ProfilerView['overhead'] };

  'GET /scans': { answer: Section<ScansView> };

  'GET /recommendations': { answer: Items<RecommendationItem> };
  'GET /recommendations/ledger': { answer: LedgerView };
  'GET /recommendations/:id': { answer: RecommendationItem & { readonly history: readonly LedgerEntry[] } };
  'POST /recommendations/:id/apply': { answer: ShownRecommendation };
  'POST /recommendations/:id/revert': { answer: ShownRecommendation };
  'POST /recommendations/:id/dismiss': { answer: ShownRecommendation };
  'GET /proof': { answer: ProofView };

  'GET /alerts': { answer: Items<Alert> };
  'POST /alerts/:id/acknowledge': { body: { note?: string }; answer: Alert };
  'GET /alerts/rules': { answer: Items<AlertRule> };
  'POST /alerts/rules': { body: Partial<AlertRule>; answer: AlertRule };
  'PATCH /alerts/rules/:id': { body: Partial<AlertRule>; answer: AlertRule };
  'DELETE /alerts/rules/:id': { answer: undefined };
  'POST /alerts/rules/backtest': {
    body: { rule: Partial<AlertRule>; from?: number; to?: number };
    answer: BacktestAnswer;
  };
  'GET /alerts/silences': { answer: Items<Silence> };
  'POST /alerts/silences': {
    body: { match: Silence['match']; reason: string; until: number };
    answer: Silence;
  };
  'DELETE /alerts/silences/:id': { answer: undefined };
  'GET /alerts/channels': { answer: Items<Channel> };
  'POST /alerts/channels': { body: ChannelInput; answer: CreatedChannel };
  'PATCH /alerts/channels/:id': { body: Partial<ChannelInput>; answer: Channel };
  'DELETE /alerts/channels/:id': { answer: undefined };
  'POST /alerts/channels/:id/test': { answer: Delivery };
  'GET /alerts/deliveries': { answer: Items<Delivery> };
}

/** The answer of one endpoint, for example `Answer<'GET /overview'>`. */
export type Answer<Endpoint extends keyof PerformanceApi> = PerformanceApi[Endpoint]['answer'];
