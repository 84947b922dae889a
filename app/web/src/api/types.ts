/** What a person may do. */
export type Role = 'admin' | 'manager' | 'analyst' | 'auditor';

/** The signed-in person. */
export interface Me {
  readonly id: string;
  readonly email: string;
  readonly name?: string | null;
  readonly role: Role;
  /** The first organisation is the one that runs the server. */
  readonly organisation: { readonly id: string; readonly name: string; readonly isRoot: boolean };
}

/** How bad a finding is. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** The family a type of personal data belongs to. */
export type FindingCategory = 'identifier' | 'contact' | 'financial' | 'special' | 'credential' | 'online' | 'location';

/** The roles, from most to least able. */
export const roles: readonly Role[] = ['admin', 'manager', 'analyst', 'auditor'];

/** What an organisation's administrators decide about scans. */
export interface Settings {
  /** Days after which an ended scan is deleted; null: never. */
  readonly retentionDays: number | null;
  readonly keepUploads: boolean;
  /** Folders of the server below which may be scanned; empty: all. */
  readonly scanRoots: readonly string[];
  readonly allowPrivateAddresses: boolean;
  readonly adminsNeedSecondFactor: boolean;
}

/** A user as administrators see it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly hasSecondFactor: boolean;
  readonly lastSignInAt?: string | null;
}

/** What a new user starts with. */
export interface NewUser {
  readonly email: string;
  readonly role: Role;
}

/** A change to a user; only what is given changes. */
export interface UserChange {
  readonly role?: Role;
  readonly disabled?: boolean;
  readonly resetPassword?: true;
}

/** A user, with the generated password when one was made. */
export interface UserWithPassword extends User {
  readonly password?: string;
}

/** One place where somebody is signed in. */
export interface DeviceSession {
  readonly id: string;
  readonly userAgent: string;
  readonly address: string;
  readonly lastSeenAt: string;
  readonly isCurrent: boolean;
}

/** Something done in a session: method, route and status, or a word. */
export interface Activity {
  readonly at: string;
  readonly sessionId: string;
  readonly what: string;
}

/** Something that was done, by whom, to what. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly email: string | null;
  readonly subjectName: string | null;
}

/** What a scan searches. */
export type ScanSource =
  | { readonly kind: 'upload'; readonly uploadId: string }
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'repository';
      readonly url?: string;
      readonly path?: string;
      readonly history: boolean;
      readonly ref?: string;
      readonly allowPrivate?: true;
    }
  | {
      readonly kind: 'database';
      readonly url: string;
      readonly mode: 'sample' | 'full';
      readonly sampleRows?: number;
      readonly allowPrivate?: true;
    }
  | { readonly kind: 'website'; readonly url: string; readonly maxPages: number; readonly allowPrivate?: true };

/** Where a scan is in its life. */
export type ScanStatus = 'queued' | 'planning' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** How a finding has been decided. */
export type TriageStatus = 'open' | 'confirmed' | 'false_positive' | 'accepted_risk' | 'fixed';

/** Where in a source a finding is. */
export interface FindingLocation {
  /** A relative path, `table.column`, or an address. */
  readonly item: string;
  readonly line?: number | null;
  readonly column?: number | null;
  readonly row?: number | null;
  readonly page?: number | null;
}

/** One piece of personal data or one secret, masked. */
export interface Finding {
  readonly id: string;
  readonly scanId: string;
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  /** How certain, 0..1. */
  readonly score: number;
  readonly reasons: readonly string[];
  readonly location: FindingLocation;
  readonly masked: string;
  readonly context: string;
  readonly status: TriageStatus;
  readonly reason?: string | null;
  readonly decidedBy?: string | null;
  readonly decidedAt?: string | null;
  readonly createdAt: string;
}

/** One page of findings. */
export interface FindingPage {
  readonly items: readonly Finding[];
  readonly nextCursor?: string | null;
  readonly total?: number;
}

/** A type of personal data as the catalogue describes it. */
export interface TypeDescription {
  readonly type: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  readonly articles: readonly string[];
  readonly name: { readonly en: string; readonly nl: string };
  readonly remedy: { readonly en: string; readonly nl: string };
}

/** A decision about findings. */
export interface TriageDecision {
  readonly status: TriageStatus;
  readonly reason?: string;
}

/** A scan in lists and on its own page. */
export interface Scan {
  readonly id: string;
  readonly name: string;
  readonly status: ScanStatus;
  readonly source: { readonly kind: string; readonly label?: string };
  readonly createdAt: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly createdBy?: { readonly id: string; readonly email: string } | null;
  readonly progress: {
    readonly doneBytes: number;
    readonly totalBytes: number | null;
    readonly doneItems: number;
    readonly totalItems: number | null;
    readonly skippedItems: number;
  };
  readonly counts: Readonly<Record<Severity, number>>;
  readonly riskScore?: number | null;
  /** Why it failed, or completed with parts missing. */
  readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string } | null;
}

/** One term of a risk score and the counts behind it. */
export interface RiskFactor {
  readonly name: 'severity' | 'sensitive' | 'credentials' | 'linkage' | 'spread' | 'floor';
  readonly points: number;
  readonly maximum: number;
  readonly inputs: readonly number[];
}

/** A score 0..100 and the terms that add up to it. */
export interface RiskScore {
  readonly score: number;
  readonly factors: readonly RiskFactor[];
}

/** What a scan could not read, and why. */
export interface SkippedItem {
  readonly item: string;
  readonly code: string;
  readonly reason: string;
}

/** Risk at a glance. */
export interface Overview {
  readonly risk: RiskScore;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly categories: readonly { readonly category: FindingCategory; readonly count: number }[];
  readonly trend: readonly { readonly at: string; readonly count: number }[];
  readonly recentScans: readonly Scan[];
}
