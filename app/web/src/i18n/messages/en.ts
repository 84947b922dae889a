import { account } from './en/account.ts';
import { findings } from './en/findings.ts';
import { scans } from './en/scans.ts';
import { shell } from './en/shell.ts';

/** Every text of the application in English; its keys are the dictionary's keys. */
export const en = { ...shell, ...scans, ...findings, ...account } as const;
