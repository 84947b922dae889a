import { availableParallelism, totalmem } from 'node:os';
import { sizeForUsers, type Sizing } from '@dataguardian/performance';
import type { Config } from '../config.ts';

/** The machine's memory that this process may count on: the database and the worker want theirs. */
const MEMORY_SHARE = 0.25;

/** Limits of admission and of sessions in memory, for the people that are expected on this machine, each with its reason. */
export function sizeServer({ expectedUsers }: Pick<Config, 'expectedUsers'>): Sizing {
  return sizeForUsers({ expectedUsers, cores: availableParallelism(), memoryBytes: totalmem() * MEMORY_SHARE });
}
