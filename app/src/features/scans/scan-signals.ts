/** The PostgreSQL channel on which every change of a scan is told: to workers, which look for work, and to servers. */
export const scanChannel = 'dataguardian_scans';

/** What the channel carries. */
export interface ScanSignal {
  readonly organisationId: string;
  readonly scanId: string;
}

/** Cache tag of everything that shows scans, of all organisations: for when changes may have been missed. */
export const everyScanTag = 'scans';

/** Cache tags of everything that shows a scan. */
export function scanTags(organisationId: string, scanId: string): string[] {
  return [`scan:${scanId}`, `scans:${organisationId}`];
}

/** Reads a notification; `undefined` when it is none of ours. */
export function parseScanSignal(payload: string): ScanSignal | undefined {
  try {
    const { organisationId, scanId } = JSON.parse(payload) as Partial<ScanSignal>;
    return typeof organisationId === 'string' && typeof scanId === 'string' ? { organisationId, scanId } : undefined;
  } catch {
    return undefined;
  }
}
