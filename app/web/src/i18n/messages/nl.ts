import type { en } from './en.ts';
import { account } from './nl/account.ts';
import { findings } from './nl/findings.ts';
import { scans } from './nl/scans.ts';
import { shell } from './nl/shell.ts';

/** Every text of the application in Dutch. */
export const nl: Readonly<Record<keyof typeof en, string>> = { ...shell, ...scans, ...findings, ...account };
