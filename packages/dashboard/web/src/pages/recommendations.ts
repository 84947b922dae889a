import { read } from '../api.ts';
import { element } from '../dom.ts';
import { count, gain, moment, percent, shorten } from '../format.ts';
import { readMetrics } from '../metric-words.ts';
import type { OpenPage } from '../page.ts';
import { card, empty, grid, table, wide } from '../parts/parts.ts';
import { texts } from '../text.ts';
import { recommendationCard } from './recommendation-card.ts';

/** What would help, proved; what was done, and what came of it. */
export const openRecommendations: OpenPage = ({ say }) => {
  const node = element('div');
  const refresh = async (): Promise<void> => {
    const [{ items }, ledger, metrics] = await Promise.all([
      read('GET /recommendations'),
      read('GET /recommendations/ledger'),
      readMetrics(),
    ]);
    const onDone = (text: string): void => {
      say(text);
      void refresh();
    };
    node.replaceChildren(
      ...(items.length === 0 ? [wide(card(texts.recommendations, empty(texts.noRecommendations)))] : []),
      grid(...items.map((item) => recommendationCard(item, metrics, onDone))),
      grid(
        wide(
          card(
            texts.accuracy,
            table(
              texts.accuracy,
              [
                { title: texts.rule, cell: ({ rule }) => rule },
                { title: texts.judged, cell: ({ judgedCount }) => count(judgedCount) },
                { title: texts.confirmed, cell: ({ confirmedCount }) => count(confirmedCount) },
                { title: texts.takenBack, cell: ({ rolledBackCount }) => count(rolledBackCount) },
                { title: texts.within30, cell: ({ withinThirtyPercent }) => percent(withinThirtyPercent) },
                { title: texts.within30ByFactor, cell: (rule) => percent(rule.withinThirtyPercentByFactor) },
                { title: texts.realised, cell: ({ medianRealised }) => percent(medianRealised) },
              ],
              ledger.accuracy,
              texts.noAccuracy,
            ),
          ),
        ),
        wide(
          card(
            texts.ledger,
            table(
              texts.ledger,
              [
                { title: texts.subject, cell: ({ rule, subject }) => `${rule}: ${shorten(subject)}` },
                { title: texts.step, cell: ({ state }) => texts.state[state], isText: true },
                { title: texts.who, cell: ({ by }) => by, isText: true },
                { title: texts.when, cell: ({ at }) => moment(at), isText: true },
                { title: texts.promised, cell: ({ predictedGain }) => gain(predictedGain) },
                { title: texts.seen, cell: ({ verifiedGain }) => gain(verifiedGain) },
              ],
              ledger.items,
              texts.noLedger,
            ),
          ),
        ),
      ),
    );
  };
  return { node, refresh };
};
