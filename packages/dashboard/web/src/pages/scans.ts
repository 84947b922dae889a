import type { ScansView } from '../../../src/api/scans.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, bytes, count, duration, percent } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { card, grid, section, table, tile, tiles, wide } from '../parts/parts.ts';
import { texts } from '../text.ts';
import { charts } from './charts.ts';

/** How fast scans go, what waits and for how long, who works. */
export const openScans: OpenPage = ({ live, range }) => {
  const deck = createChartDeck(charts('scans', 'pending', 'found'), live, range);
  const body = element('div');
  return {
    node: element('div', {}, grid(...deck.figures), body),
    tick: () => deck.tick(),
    async refresh() {
      const [answer] = await Promise.all([read('GET /scans'), deck.refresh()]);
      body.replaceChildren(...section(answer, show).filter((part) => part !== undefined));
    },
  };
};

function show({ queue, workers, running, throughput, failures }: ScansView): Node[] {
  return [
    tiles(
      tile(texts.scanSpeed, `${bytes(throughput.bytesPerSecond)}/s`),
      tile(texts.files, `${count(throughput.itemsPerSecond)}/s`),
      tile(texts.found, `${count(throughput.findingsPerSecond)}/s`),
      tile(texts.runningParts, count(queue.runningChunks)),
      tile(texts.pending, count(queue.pendingChunks)),
      tile(texts.oldest, duration(queue.oldestPendingMs)),
    ),
    grid(
      wide(
        card(
          texts.runningScans,
          table(
            texts.runningScans,
            [
              { title: texts.name, cell: ({ name }) => name },
              {
                title: texts.progress,
                cell: (row) => percent(row.totalBytes === null ? null : row.doneBytes / Math.max(1, row.totalBytes)),
              },
              { title: texts.scanned, cell: ({ doneBytes }) => bytes(doneBytes) },
              { title: texts.found, cell: ({ findingCount }) => count(findingCount) },
              { title: texts.pending, cell: ({ pendingChunks }) => count(pendingChunks) },
              { title: texts.since, cell: ({ startedAt }) => ago(startedAt), isText: true },
            ],
            running,
            texts.noScans,
          ),
        ),
      ),
    ),
    grid(
      card(
        texts.workers,
        table(
          texts.workers,
          [
            { title: texts.name, cell: ({ id }) => id },
            { title: texts.stateOfWorker, cell: ({ state }) => texts.workerState[state], isText: true },
            { title: texts.parts, cell: ({ chunkCount }) => count(chunkCount) },
            { title: texts.lastUse, cell: ({ lastSeenAt }) => ago(lastSeenAt), isText: true },
          ],
          workers,
          texts.noWorkers,
        ),
      ),
      card(
        texts.failures,
        table(
          texts.failures,
          [
            { title: texts.what, cell: ({ code }) => code },
            { title: texts.calls, cell: (row) => count(row.count) },
            { title: texts.when, cell: ({ lastAt }) => ago(lastAt), isText: true },
          ],
          failures,
          texts.noFailures,
        ),
      ),
    ),
  ];
}
