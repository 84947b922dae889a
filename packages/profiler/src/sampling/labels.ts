import { createHmac, randomBytes } from 'node:crypto';

/** What a sample, span or request is about. Persons and organisations only as keyed hashes. */
export interface Labels {
  /** Method and pattern of the route, or the name of the job. */
  readonly route?: string;
  /** Keyed hash of the user's identifier. */
  readonly user?: string;
  /** Keyed hash of the organisation's identifier. */
  readonly organisation?: string;
  /** Identifier of a scan; random, says nothing about a person. */
  readonly scan?: string;
  readonly release?: string;
}

/** Turns an identifier into a label that cannot be turned back without the key. */
export type Pseudonymise = (identifier: string) => string;

const LABEL_LENGTH = 12;

/** Keyed hashes (HMAC-SHA-256, 48 bits kept) with a memory of the latest. @param key Absent: a random key per process. */
export function createPseudonyms(key: string | Uint8Array = randomBytes(32)): Pseudonymise {
  const known = new Map<string, string>();
  return (identifier) => {
    let pseudonym = known.get(identifier);
    if (pseudonym === undefined) {
      pseudonym = createHmac('sha256', key).update(identifier).digest('hex').slice(0, LABEL_LENGTH);
      if (known.size >= 5_000) known.clear();
      known.set(identifier, pseudonym);
    }
    return pseudonym;
  };
}

/** Whether labels satisfy every label that the filter names. */
export function matchesLabels(labels: Labels, filter: Labels): boolean {
  return (
    (filter.route === undefined || labels.route === filter.route) &&
    (filter.user === undefined || labels.user === filter.user) &&
    (filter.organisation === undefined || labels.organisation === filter.organisation) &&
    (filter.scan === undefined || labels.scan === filter.scan) &&
    (filter.release === undefined || labels.release === filter.release)
  );
}

/** One string for equal labels. */
export function toLabelKey({ route, user, organisation, scan, release }: Labels): string {
  return [route, user, organisation, scan, release].map((label) => label ?? '').join('\n');
}
