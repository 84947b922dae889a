import type { DatabaseView, StatementFigures } from '../../../src/api/database.ts';
import { readAddress, writeAddress } from '../address.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, bytes, count, duration, moment, percent } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { button, card, empty, folded, grid, section, table, tile, tiles, wide } from '../parts/parts.ts';
import { createRankingBox } from '../parts/ranking.ts';
import { donut } from '../parts/ring.ts';
import { language, texts } from '../text.ts';
import { charts } from './charts.ts';

type Order = 'totalMs' | 'meanMs' | 'p99Ms';
const ORDERS = ['totalMs', 'meanMs', 'p99Ms'] as const;

/** Who holds connections, what the statements cost, what the cache saves, which indexes earn their keep. */
export const openDatabase: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('pool', 'queries', 'queryTime'), live, range);
  const above = element('div');
  const below = element('div');
  const detail = element('div', { 'aria-live': 'polite' });
  let known: readonly StatementFigures[] = [];
  let order: Order = ORDERS.find((each) => each === readAddress('order')) ?? 'totalMs';
  const showStatement = async (fingerprint: string): Promise<void> => {
    writeAddress({ plan: fingerprint });
    const answer = await read('GET /database/statements/:fingerprint', {}, { fingerprint });
    detail.replaceChildren(
      ...section(answer, ({ statement, plan, caching }) => [
        wide(
          card(
            texts.statement,
            element('pre', { tabindex: '0' }, statement.statement),
            element('p', {}, `${texts.caller}: ${statement.callers.join(', ') || '–'}`),
            caching === null ? undefined : element('p', {}, caching[language]),
            plan === null ? empty(texts.noPlan) : element('pre', { tabindex: '0' }, plan.text),
          ),
        ),
      ]).filter((part) => part !== undefined),
    );
    detail.scrollIntoView({ block: 'nearest' });
  };
  const linked = readAddress('plan');
  if (linked !== undefined) void showStatement(linked);
  const orders = ORDERS.map((by) => {
    const choose = button(texts.order[by], () => {
      order = by;
      writeAddress({ order: by });
      for (const [index, each] of orders.entries()) each.setAttribute('aria-pressed', String(ORDERS[index] === by));
      statements.sort();
    });
    choose.setAttribute('aria-pressed', String(by === order));
    return choose;
  });
  const statements = createRankingBox(
    {
      kind: 'statement',
      title: texts.statementsRanked,
      bars: texts.topStatements,
      order: () => order,
      tools: element('p', { class: 'tools', role: 'group', 'aria-label': texts.orderBy }, ...orders),
      columns: [
        {
          title: texts.caller,
          cell: ({ name }) => known.find(({ fingerprint }) => fingerprint === name)?.callers[0] ?? '–',
          isText: true,
        },
        {
          title: texts.plan,
          cell: ({ name, label }) => {
            const show = button(texts.show, () => void showStatement(name));
            show.setAttribute('aria-label', `${texts.show}: ${label}`);
            return show;
          },
        },
      ],
    },
    range,
  );
  return {
    node: element('div', {}, grid(...deck.figures), above, statements.node, detail, below),
    tick: () => deck.tick(),
    async refresh() {
      const [answer] = await Promise.all([
        read('GET /database').then((read) => {
          if (read.state === 'ready') known = read.content.statements;
          return read;
        }),
        deck.refresh(),
      ]);
      await statements.refresh();
      const parts = section(answer, (view) => [figures(view), grid(...details(view))]).filter(
        (part) => part !== undefined,
      );
      // The tiles of the pool stand above the statements, everything else below.
      above.replaceChildren(...parts.slice(0, 1));
      below.replaceChildren(...parts.slice(1));
    },
  };
};

function figures({ pool, leakCount, cache }: DatabaseView): HTMLElement {
  const shown = tiles(
    tile(texts.open, `${count(pool.total)} / ${count(pool.max)}`),
    tile(texts.idle, count(pool.idle)),
    tile(texts.waiting, count(pool.waiting), pool.waiting > 0 ? 'warning' : 'good'),
    tile(texts.leaks, count(leakCount), leakCount > 0 ? 'critical' : 'good'),
    tile(texts.advisedSize, pool.advised === undefined ? '–' : count(pool.advised.size)),
    tile(texts.queryCache, texts.cacheState[cache.state], cache.state === 'degraded' ? 'warning' : 'plain'),
  );
  const reason = pool.advised?.reason[language] ?? texts.notEnough;
  return element('div', {}, shown, element('p', { class: 'said' }, `${texts.advisedSize}: ${reason}`));
}

function details({ holders, cache, indexes, locks, tables }: DatabaseView): HTMLElement[] {
  const { hit = 0, miss = 0, uncacheable = 0, bypass = 0 } = cache.verdicts;
  return [
    hit + miss + uncacheable + bypass === 0
      ? card(texts.verdictsOfCache, empty(texts.cacheIsOff))
      : donut('query-cache', texts.verdictsOfCache, {
          slices: [
            { name: texts.hits, value: hit, colour: 'first' },
            { name: texts.misses, value: miss, colour: 'third' },
            { name: texts.uncacheable, value: uncacheable, colour: 'soft' },
            { name: texts.bypassed, value: bypass, colour: 'second' },
          ],
          middle: percent(hit / Math.max(1, hit + miss)),
        }),
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
        folded(
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
          { isFirst: ({ verdict }) => verdict !== 'used', most: 8, whenEmpty: texts.noIndexes },
        ),
      ),
    ),
    wide(
      card(
        texts.tables,
        folded(
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
          tables.toSorted((one, other) => other.sizeBytes + other.indexBytes - one.sizeBytes - one.indexBytes),
          { isFirst: () => false, most: 12, whenEmpty: texts.noRows },
        ),
      ),
    ),
  ];
}
