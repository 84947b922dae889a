import { drive, type Load } from '../../support/load.ts';

/** Drives a server that already listens, then closes it. */
export async function driveAndEnd(address: string, load: Load, close: () => unknown): Promise<void> {
  await drive(Number(new URL(address).port), load);
  await close();
}
