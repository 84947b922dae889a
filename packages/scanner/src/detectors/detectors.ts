import type { Detector } from '../detection/detector.ts';
import { bsn } from './bsn.ts';
import { card } from './card.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ipv4, ipv6 } from './ip.ts';
import { phone } from './phone.ts';
import { PROVIDER_TOKENS } from './secrets/provider-tokens.ts';

/** Every detector we have. The order carries no meaning. */
export const DETECTORS: readonly Detector[] = [bsn, iban, card, email, phone, ipv4, ipv6, ...PROVIDER_TOKENS];
