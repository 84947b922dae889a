import type { RiskFactor, RiskScore } from '../../api/types.ts';
import { RiskGauge } from '../../components/charts/risk-gauge.tsx';
import { Panel } from '../../components/panel.tsx';
import { toRiskBand } from '../../components/risk.ts';
import { useTexts } from '../../i18n/texts.tsx';
import styles from './overview.module.css';

/** The risk score and every term it is made of, heaviest first. */
export function RiskPanel({ risk }: { readonly risk: RiskScore }): React.JSX.Element {
  const { t } = useTexts();
  const counted = risk.factors.filter(({ points }) => points > 0).toSorted((a, b) => b.points - a.points);
  return (
    <Panel title={t('overview.risk')} note={t('overview.riskWhy')}>
      <div className={styles.risk}>
        <RiskGauge score={risk.score} band={toRiskBand(risk.score)} />
        <ul className={styles.factors}>
          {counted.map((factor) => (
            <Factor key={factor.name} factor={factor} />
          ))}
        </ul>
      </div>
    </Panel>
  );
}

function Factor({ factor }: { readonly factor: RiskFactor }): React.JSX.Element {
  const { t, format } = useTexts();
  const { name, points, maximum, inputs } = factor;
  const [a = 0, b = 0, c = 0, d = 0] = inputs;
  const values = { 0: format.number(a), 1: format.number(b), 2: format.number(c), 3: format.number(d) };
  return (
    <li className={styles.factor}>
      <span>{t(`risk.factor.${name}`, values)}</span>
      <span className="numbers dim">
        {t('risk.points', { points: format.number(points), maximum: format.number(maximum) })}
      </span>
      <span className={styles.factorTrack} aria-hidden="true">
        <span style={{ width: `${(100 * points) / Math.max(1, maximum)}%` }} />
      </span>
    </li>
  );
}
