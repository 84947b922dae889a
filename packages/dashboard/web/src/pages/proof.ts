import type { ProofItem } from '../../../src/api/advice.ts';
import { read } from '../api.ts';
import { element } from '../dom.ts';
import { gain, moment } from '../format.ts';
import type { OpenPage } from '../page.ts';
import { figure } from '../parts/figure.ts';
import { card, empty, grid, wide } from '../parts/parts.ts';
import { palette, plot, toLocalHands } from '../plot.ts';
import { language, texts } from '../text.ts';

/** Before and after of everything that was applied. */
export const openProof: OpenPage = () => {
  const node = element('div');
  return {
    node,
    async refresh() {
      const { items } = await read('GET /proof');
      node.replaceChildren(
        items.length === 0 ? wide(card(texts.proof, empty(texts.noProof))) : grid(...items.map(toCard)),
      );
    },
  };
};

function toCard({ recommendation, mark, predictedGain, verifiedGain, series }: ProofItem): HTMLElement {
  const chart = element('div', { class: 'plot' });
  const colours = palette();
  if (series === null) chart.append(empty(texts.noHistory));
  else
    void plot(
      chart,
      [
        {
          type: 'scatter',
          mode: 'lines',
          x: series.values.map((_, index) => toLocalHands(series.from + index * series.stepMs)),
          y: series.values,
          line: { color: colours.lines[0], width: 1.75 },
          name: series.metric,
        },
      ],
      {
        xaxis: { type: 'date', gridcolor: colours.grid },
        yaxis: { rangemode: 'tozero', gridcolor: colours.grid },
        shapes: [
          {
            type: 'line',
            x0: toLocalHands(mark.at),
            x1: toLocalHands(mark.at),
            yref: 'paper',
            y0: 0,
            y1: 1,
            line: { color: colours.good, dash: 'dash' },
          },
        ],
      },
    );
  return wide(
    card(
      recommendation.proposal.title[language],
      element(
        'p',
        {},
        `${texts.state[recommendation.state]} · ${moment(mark.at)} · ${texts.promised} ${gain(predictedGain)} · ${texts.seen} ${gain(verifiedGain)}`,
      ),
      series === null
        ? chart
        : figure(
            { id: `proof-${recommendation.id}`, title: series.metric },
            {
              node: chart,
              shown: () => ({
                names: ['time', series.metric],
                rows: series.values.map((value, index) => [
                  new Date(series.from + index * series.stepMs).toISOString(),
                  value,
                ]),
              }),
            },
          ),
    ),
  );
}
