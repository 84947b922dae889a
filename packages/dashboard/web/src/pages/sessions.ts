import type { SessionsView } from '../../../src/api/sessions.ts';
import { change, read } from '../api.ts';
import { element } from '../dom.ts';
import { ago, bytes, count, duration, moment } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { createChartDeck } from '../parts/chart-deck.ts';
import { button, card, folded, grid, section, table, tile, tiles, wide } from '../parts/parts.ts';
import { createRankingBox } from '../parts/ranking.ts';
import { texts } from '../text.ts';
import { charts } from './charts.ts';

/** Who is here, what they use, who waits, and how to end a session. */
export const openSessions: OpenPage = ({ live, range, say }) => {
  const deck = createChartDeck(charts('signIns', 'waits', 'shed'), live, range);
  const body = element('div');
  const devices = element('div', { 'aria-live': 'polite' });
  const people = createRankingBox({ kind: 'user', title: texts.usersRanked }, range);
  const end = async (path: string): Promise<void> => {
    // oxlint-disable-next-line no-alert -- somebody is about to be signed out
    if (!confirm(texts.endQuestion)) return;
    await change('DELETE', path);
    say(texts.sessionEnded);
    await refresh();
  };
  const showDevices = async (id: string, name: string): Promise<void> => {
    const answer = await read('GET /sessions/users/:id', {}, { id });
    devices.replaceChildren(
      ...section(answer, ({ items }) => [
        wide(
          card(
            `${texts.devices}: ${name}`,
            table(
              texts.devices,
              [
                { title: texts.device, cell: ({ userAgent }) => userAgent },
                { title: texts.address, cell: ({ address }) => address, isText: true },
                { title: texts.since, cell: ({ createdAt }) => moment(createdAt), isText: true },
                { title: texts.lastUse, cell: ({ lastSeenAt }) => ago(lastSeenAt), isText: true },
                {
                  title: texts.end,
                  cell: ({ handle, isOwn }) =>
                    isOwn ? texts.own : button(texts.end, () => void end(`/sessions/${handle}`)),
                },
              ],
              items,
            ),
            items.length > 1
              ? element(
                  'p',
                  { class: 'actions' },
                  button(texts.endAll, () => void end(`/sessions/users/${encodeURIComponent(id)}`)),
                )
              : undefined,
          ),
        ),
      ]).filter((part) => part !== undefined),
    );
  };
  const show = (view: SessionsView): Node[] => [
    tiles(
      tile(texts.liveSessions, count(view.now.live)),
      tile(texts.people, count(view.now.users)),
      tile(texts.inMemory, count(view.now.inMemory)),
      ...(view.admission === null
        ? []
        : [
            tile(texts.running, `${count(view.admission.running)} / ${count(view.admission.concurrency)}`),
            tile(texts.waiting, count(view.admission.waiting), view.admission.waiting > 0 ? 'warning' : 'good'),
            tile(texts.refusedUser, count(view.admission.refusedUser)),
            tile(texts.refusedBackground, count(view.admission.shed.background)),
            tile(texts.refusedInteractive, count(view.admission.shed.interactive)),
          ]),
    ),
    grid(
      wide(
        card(
          texts.consumption,
          table(
            texts.consumption,
            [
              { title: texts.person, cell: ({ name }) => name },
              { title: texts.sessions, cell: ({ sessionCount }) => count(sessionCount) },
              { title: texts.requestCount, cell: ({ requestCount }) => count(requestCount) },
              { title: texts.loopTime, cell: ({ cpuMs }) => duration(cpuMs) },
              { title: texts.transferred, cell: ({ transferredBytes }) => bytes(transferredBytes) },
              { title: texts.lastUse, cell: ({ lastSeenAt }) => ago(lastSeenAt), isText: true },
              {
                title: texts.devices,
                cell: ({ userId, name }) => button(texts.show, () => void showDevices(userId, name)),
              },
            ],
            view.users,
            texts.nobody,
          ),
        ),
      ),
      wide(
        card(
          texts.events,
          folded(
            texts.events,
            [
              { title: texts.what, cell: ({ kind }) => texts.sessionEvents[kind] ?? kind },
              { title: texts.person, cell: ({ user }) => user || '–', isText: true },
              { title: texts.when, cell: ({ at }) => ago(at), isText: true },
            ],
            view.events,
            { isFirst: () => false, most: 6, whenEmpty: texts.noRows },
          ),
        ),
      ),
    ),
  ];
  const refresh = async (): Promise<void> => {
    const [answer] = await Promise.all([read('GET /sessions'), deck.refresh(), people.refresh()]);
    body.replaceChildren(...section(answer, show).filter((part) => part !== undefined));
  };
  return {
    node: element('div', {}, grid(...deck.figures), devices, body, people.node),
    tick: () => deck.tick(),
    refresh,
  };
};
