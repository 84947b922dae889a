import type { PlainKey } from '../i18n/message-keys.ts';

/** How a risk score reads in one word. */
export type RiskBand = 'none' | 'low' | 'medium' | 'high' | 'critical';

/** The word of each band. */
export const riskBandNames: Readonly<Record<RiskBand, PlainKey>> = {
  none: 'risk.none',
  low: 'risk.low',
  medium: 'risk.medium',
  high: 'risk.high',
  critical: 'risk.critical',
};

/** The band a score 0..100 falls in. */
export function toRiskBand(score: number): RiskBand {
  if (score <= 0) return 'none';
  if (score < 25) return 'low';
  if (score < 50) return 'medium';
  return score < 75 ? 'high' : 'critical';
}
