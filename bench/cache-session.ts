/** A session, as the platform has it: what is written and read where values are small. */
export const SESSION = {
  userId: '0198c1f2-7d1e-7aa0-b5ad-9f5a0c6d1e11',
  organisationId: '0198c1f2-7d1e-7aa0-b5ad-000000000001',
  roles: ['analyst', 'auditor'],
  createdAt: 1_780_000_000_000,
  device: { agent: 'Mozilla/5.0 (X11; Linux x86_64)', address: '192.0.2.17' },
  locale: 'nl',
};
