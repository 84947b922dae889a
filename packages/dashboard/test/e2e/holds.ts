import { until } from '@dataguardian/testing';
import type { Page } from 'playwright-core';

/** Waits until the expression is true in the page. Through the debugger: the page's policy forbids evaluation in it. */
export async function holds(page: Page, expression: string, { timeoutMs = 30_000 } = {}): Promise<void> {
  await until(() => page.evaluate<boolean>(`Boolean(${expression})`), { timeoutMs, what: expression });
}
