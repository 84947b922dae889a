import { availableParallelism, totalmem } from 'node:os';
import { sizeForUsers, type ResourceBudgets, type Sizing } from '@dataguardian/performance';
import type { Config } from '../config.ts';

/** The machine's memory that this process may count on: the database and the worker want theirs. */
const MEMORY_SHARE = 0.25;

/**
 * Limits of admission and of sessions in memory, for the people that are expected on this machine, each with its reason.
 * What the operator has set wins.
 */
export function sizeServer({ expectedUsers, budgets }: Pick<Config, 'expectedUsers' | 'budgets'>): Sizing {
  const sized = sizeForUsers({ expectedUsers, cores: availableParallelism(), memoryBytes: totalmem() * MEMORY_SHARE });
  const { userRequests, organisationRequests } = budgets;
  return {
    ...sized,
    ...(userRequests === undefined ? {} : { perUserRunning: userRequests }),
    ...(organisationRequests === undefined ? {} : { perOrganisationRunning: organisationRequests }),
    reasons: {
      ...sized.reasons,
      ...(userRequests === undefined ? {} : { perUserRunning: 'Set by DATAGUARDIAN_USER_REQUESTS.' }),
      ...(organisationRequests === undefined
        ? {}
        : { perOrganisationRunning: 'Set by DATAGUARDIAN_ORGANISATION_REQUESTS.' }),
    },
  };
}

/** What one person and one organisation may use up in a minute, as the operator has set it. */
export function budgetsOf({ budgets }: Pick<Config, 'budgets'>): ResourceBudgets {
  const given = {
    perUserBusyMsPerMinute: budgets.userCpuMsPerMinute,
    perOrganisationBusyMsPerMinute: budgets.organisationCpuMsPerMinute,
    perUserBytesPerMinute: budgets.userBytesPerMinute,
    perOrganisationBytesPerMinute: budgets.organisationBytesPerMinute,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
