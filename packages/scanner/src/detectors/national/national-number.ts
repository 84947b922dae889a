import type { Detector, NextShape, Tier, Trigger } from '../../detection/detector.ts';
import { matchAt } from '../../detection/number-window.ts';

/** A number a state gives to a person or company, as data. */
export interface NationalNumber {
  readonly type: string;
  readonly tier: Tier;
  readonly triggers: readonly Trigger[];
  /** Sticky; must match the whole written form and nothing that could follow it. */
  readonly pattern: RegExp;
  /** Check digits, dates and ranges; receives the value without spaces and punctuation, in upper case. */
  readonly check: (compact: string) => boolean;
  /** Log-odds without context when written plainly. */
  readonly prior: number;
  /** Further log-odds when written in its customary groups. @defaultValue 0 */
  readonly groupedBonus?: number;
  readonly positive: readonly string[];
  readonly negative?: readonly string[];
}

/** The detector of a national number. */
export function nationalNumber(number: NationalNumber): Detector {
  return {
    type: number.type,
    tier: number.tier,
    triggers: number.triggers,
    prior: number.prior,
    context: { positive: number.positive, ...(number.negative && { negative: number.negative }) },
    heedsOtherLabels: true,
    verify(candidate) {
      const found = matchAt(candidate, number.pattern);
      if (!found) return undefined;
      const compact = found.value.replace(/[^A-Za-z0-9+]/g, '').toUpperCase();
      if (!number.check(compact)) return undefined;
      const bonus = /[^A-Za-z0-9]/.test(found.value) ? (number.groupedBonus ?? 0) : 0;
      return {
        start: found.start,
        end: found.end,
        bonus,
        reasons: [number.tier === 'C' ? 'form' : 'check digits hold'],
      };
    },
  };
}

/** Fires at a run of digits of this length, followed by one of these shapes. */
export function digits(min: number, max: number = min, next?: readonly NextShape[]): Trigger {
  return { kind: 'token', token: 'digits', min, max, ...(next && { next }) };
}

/** Fires at a token of letters and digits of this length, followed by one of these shapes. */
export function mixed(min: number, max: number = min, next?: readonly NextShape[]): Trigger {
  return { kind: 'token', token: 'mixed', min, max, ...(next && { next }) };
}

/** Fires at a word of this length, followed by one of these shapes. */
export function letters(min: number, max: number = min, next?: readonly NextShape[]): Trigger {
  return { kind: 'token', token: 'letters', min, max, ...(next && { next }) };
}
