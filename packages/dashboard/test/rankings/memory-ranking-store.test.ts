import { createMemoryRankingStore } from '../../src/rankings/ranking-store.ts';
import { describeRankingStore } from '../contract/ranking-store.ts';

describeRankingStore('memory', createMemoryRankingStore);
