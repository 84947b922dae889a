import type { Database } from '@dataguardian/database';
import { afterAll, beforeAll } from 'vitest';
import { createDatabaseAlertStore } from '../../src/alerts/database-alert-store.ts';
import { testAlertStore } from '../contract/alert-store.ts';
import { clear, databaseWorld } from './dashboard-database.ts';

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await databaseWorld());
});

afterAll(() => close());

testAlertStore('PostgreSQL', async () => {
  await clear(database);
  return createDatabaseAlertStore(database);
});
