import type { DatabaseView, StatementFigures } from '../../../src/api/database.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, bytes, count, duration, moment, percent } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { button, card, empty, grid, section, table, tile, tiles, wide } from '../parts/parts.ts';
import { donut } from '../parts/ring.ts';
import { language, texts } from '../text.ts';
import { charts } from './charts.ts';

type Order = 'totalMs' | 'meanMs' | 'p99Ms';

/** Who holds connections, what the statements cost, what the cache saves, which indexes earn their keep. */
export const openDatabase: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('pool', 'queries', 'queryTime'), live, range);
  const body = element('div');
  const detail = element('div', { 'aria-live': 'polite' });
  let order: Order = 'totalMs';
  const showStatement = async (fingerprint: string): Promise<void> => {
    const answer = await read('GET /database/statements/:fingerprint', {}, { fingerprint });
    detail.replaceChildren(
      ...section(answer, ({ statement, plan, caching }) => [
        wide(
          card(
            texts.statement,
            element('pre', {}, statement.statement),
            caching === null ? undefined : element('p', {}, caching[language]),
            plan === null ? empty(texts.noPlan) : element('pre', { tabindex: '0' }, plan.text),
          ),
        ),
      ]).filter((part) => part !== undefined),
    );
    detail.scrollIntoView({ block: 'nearest' });
  };
  const refresh = async (): Promise<void> => {
    const [answer] = await Promise.all([read('GET /database'), deck.refresh()]);
    body.replaceChildren(
      ...section(answer, (view) => [
        figures(view),
        grid(
          wide(
            card(
              texts.statements,
              element(
                'p',
                { class: 'tools', role: 'group', 'aria-label': texts.orderBy },
                ...(['totalMs', 'meanMs', 'p99Ms'] as const).map((by) => {
                  const choose = button(texts.order[by], () => {
                    order = by;
                    void refresh();
                  });
                  choose.setAttribute('aria-pressed', String(by === order));
                  return choose;
                }),
              ),
              statements(view.statements, order, (fingerprint) => void showStatement(fingerprint)),
            ),
          ),
        ),
        grid(...details(view)),
      ]).filter((part) => part !== undefined),
    );
  };
  return {
    node: element('div', {}, grid(...deck.figures), detail, body),
    tick: () => deck.tick(),
    refresh,
  };
};

function figures({ pool, leakCount, cache }: DatabaseView): HTMLElement {
  return tiles(
    tile(texts.open, `${count(pool.total)} / ${count(pool.max)}`),
    tile(texts.idle, count(pool.idle)),
    tile(texts.waiting, count(pool.waiting), pool.waiting > 0 ? 'warning' : 'good'),
    tile(texts.leaks, count(leakCount), leakCount > 0 ? 'critical' : 'good'),
    tile(
      texts.advisedSize,
      pool.advised === undefined ? '–' : count(pool.advised.size),
      'plain',
      pool.advised?.reason[language] ?? texts.notEnough,
    ),
    tile(texts.queryCache, texts.cacheState[cache.state], cache.state === 'degraded' ? 'warning' : 'plain'),
  );
}

function statements(all: readonly StatementFigures[], order: Order, show: (fingerprint: string) => void): HTMLElement {
  return table(
    texts.statements,
    [
      { title: texts.statement, cell: ({ statement }) => statement },
      { title: texts.calls, cell: (row) => count(row.count) },
      { title: texts.mean, cell: ({ meanMs }) => duration(meanMs) },
      { title: 'p95', cell: ({ p95Ms }) => duration(p95Ms) },
      { title: 'p99', cell: ({ p99Ms }) => duration(p99Ms) },
      { title: texts.total, cell: ({ totalMs }) => duration(totalMs) },
      { title: texts.share, cell: ({ timeRatio }) => percent(timeRatio) },
      { title: texts.caller, cell: ({ callers }) => callers[0] ?? '–', isText: true },
      { title: texts.plan, cell: ({ fingerprint }) => button(texts.show, () => show(fingerprint)) },
    ],
    all.toSorted((a, b) => b[order] - a[order]).slice(0, 25),
  );
}

function details({ holders, cache, indexes, locks, tables }: DatabaseView): HTMLElement[] {
  const { hit = 0, miss = 0, uncacheable = 0, bypass = 0 } = cache.verdicts;
  return [
    card(
      texts.verdictsOfCache,
      hit + miss + uncacheable + bypass === 0
        ? empty(texts.cacheIsOff)
        : donut(
            [
              { name: texts.hits, value: hit, colour: 'first' },
              { name: texts.misses, value: miss, colour: 'third' },
              { name: texts.uncacheable, value: uncacheable, colour: 'soft' },
              { name: texts.bypassed, value: bypass, colour: 'second' },
            ],
            percent(hit / Math.max(1, hit + miss)),
            texts.verdictsOfCache,
          ),
    ),
    card(
      texts.holders,
      table(
        texts.holders,
        [
          { title: texts.lastStatement, cell: ({ lastStatement }) => lastStatement || '–' },
          { title: texts.held, cell: ({ heldMs }) => duration(heldMs) },
          { title: texts.idle, cell: ({ idleMs }) => duration(idleMs) },
          { title: texts.where, cell: ({ stack }) => stack.split('\n')[0] ?? '', isText: true },
        ],
        holders,
        texts.noHolders,
      ),
    ),
    card(
      texts.locks,
      table(
        texts.locks,
        [
          { title: texts.subject, cell: ({ subject }) => subject },
          { title: texts.waits, cell: ({ waitMs }) => duration(waitMs) },
          { title: texts.waitingStatement, cell: ({ waitingStatement }) => waitingStatement, isText: true },
          { title: texts.blockingStatement, cell: ({ blockingStatement }) => blockingStatement, isText: true },
        ],
        locks,
        texts.noLocks,
      ),
    ),
    wide(
      card(
        texts.indexes,
        table(
          texts.indexes,
          [
            { title: texts.name, cell: ({ name, table: of }) => `${of}: ${name}` },
            { title: texts.verdict, cell: ({ verdict }) => texts.indexVerdict[verdict], isText: true },
            { title: texts.evidence, cell: ({ evidence }) => evidence?.[language] ?? '–', isText: true },
            { title: texts.size, cell: ({ sizeBytes }) => bytes(sizeBytes) },
            { title: texts.uses, cell: ({ scanCount }) => count(scanCount) },
            { title: texts.lastUse, cell: ({ lastUsedAt }) => ago(lastUsedAt) },
          ],
          indexes,
          texts.noIndexes,
        ),
      ),
    ),
    wide(
      card(
        texts.tables,
        table(
          texts.tables,
          [
            { title: texts.name, cell: ({ name }) => name },
            { title: texts.rows, cell: ({ rowCount }) => count(rowCount) },
            { title: texts.size, cell: ({ sizeBytes }) => bytes(sizeBytes) },
            { title: texts.indexes, cell: ({ indexBytes }) => bytes(indexBytes) },
            { title: texts.dead, cell: ({ deadRowRatio }) => percent(deadRowRatio) },
            { title: texts.growth, cell: ({ growthBytesPerDay }) => bytes(growthBytesPerDay) },
            { title: texts.lastVacuum, cell: ({ lastVacuumAt }) => moment(lastVacuumAt) },
          ],
          tables,
        ),
      ),
    ),
  ];
}
