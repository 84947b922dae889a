import { useTexts } from '../../i18n/texts.tsx';
import { type RiskBand, riskBandNames } from '../risk.ts';
import styles from './charts.module.css';

const radius = 62;
const length = Math.PI * radius;

/** The risk score 0..100 on a half circle, with its band in words. */
export function RiskGauge({ score, band }: { readonly score: number; readonly band: RiskBand }): React.JSX.Element {
  const { t, format } = useTexts();
  const name = t(riskBandNames[band]);
  return (
    <div className={styles.gauge} data-band={band}>
      <svg
        width="160"
        height="92"
        viewBox="0 0 160 92"
        role="img"
        aria-label={t('risk.gauge', { score: format.number(score), band: name })}
      >
        <path className={styles.gaugeTrack} d="M18,82 A62,62 0 0 1 142,82" />
        <path
          className={styles.gaugeFill}
          d="M18,82 A62,62 0 0 1 142,82"
          strokeDasharray={`${(length * Math.min(100, Math.max(0, score))) / 100} ${length}`}
        />
        <text x="80" y="72" textAnchor="middle" className={styles.gaugeNumber}>
          {format.number(Math.round(score))}
        </text>
        <text x="80" y="89" textAnchor="middle" className={styles.gaugeOutOf}>
          {t('risk.outOf')}
        </text>
      </svg>
      <p className={styles.gaugeBand}>{name}</p>
    </div>
  );
}
