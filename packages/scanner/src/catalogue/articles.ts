/** Rules that findings refer to, in the short form of the reports. */
export const ARTICLES = {
  principles: 'GDPR 5(1)(c)',
  security: 'GDPR 32',
  special: 'GDPR 9(1)',
  criminal: 'GDPR 10',
  nationalNumber: 'GDPR 87',
  bsn: 'UAVG 46',
  dutchSpecial: 'UAVG 22',
  dutchHealth: 'UAVG 30',
  dutchCriminal: 'UAVG 31',
  dutchBiometric: 'UAVG 29',
  children: 'UAVG 5',
  lawful: 'GDPR 6(1)',
  breach: 'GDPR 33',
  cookies: 'Tw 11.7a',
} as const;
