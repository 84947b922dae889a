import { isWordCode } from '../../detection/character-class.ts';
import type { Detector, Trigger } from '../../detection/detector.ts';
import { isMadeUp } from './placeholder.ts';

/** A secret whose issuer gives it a fixed form. */
export interface ProviderToken {
  readonly type: string;
  readonly triggers: readonly Trigger[];
  /** Sticky; matched where the trigger fired. */
  readonly pattern: RegExp;
  /** A check digit or parse that decides. */
  readonly check?: (value: string) => boolean;
  /** A checksum that proves the token was issued; tokens made up for tests lack it and still count. */
  readonly proof?: (value: string) => boolean;
  /** Log-odds when the form matches. @defaultValue 4 */
  readonly prior?: number;
}

/** The detector of a token that is known by its prefix, alphabet and length. */
export function providerToken(token: ProviderToken): Detector {
  return {
    type: token.type,
    tier: 'A',
    triggers: token.triggers,
    prior: token.prior ?? 4,
    verify({ text, start }) {
      const previous = text.charCodeAt(start - 1);
      if (start > 0 && (isWordCode(previous) || previous === 0x2d)) return undefined;
      token.pattern.lastIndex = start;
      const value = token.pattern.exec(text)?.[0];
      if (value === undefined || isWordCode(text.charCodeAt(start + value.length))) return undefined;
      if (isMadeUp(value) || token.check?.(value) === false) return undefined;
      const proven = token.proof?.(value) === true;
      return {
        start,
        end: start + value.length,
        bonus: proven ? 2 : 0,
        reasons: [proven ? 'form and checksum hold' : 'form of the issuer'],
      };
    },
  };
}
