import type { StoredFinding } from '../../src/features/findings/finding.ts';
import type { Overview } from '../../src/features/overview/repository.ts';
import type { Scan } from '../../src/features/scans/scan.ts';

/** One of a list, which has the fields of its kind: findings, scans, sessions, people, entries of the audit log. */
export interface AnswerItem extends Omit<StoredFinding, 'type'> {
  readonly type: string;
  readonly name: { readonly en: string; readonly nl: string };
  readonly isCurrent: boolean;
  readonly email: string;
  readonly hasSecondFactor: boolean;
  readonly action: string;
  readonly what: string;
}

/** An operation of the OpenAPI document. */
export interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly description?: string;
  readonly responses: Readonly<Record<string, { readonly content: unknown }>>;
  readonly requestBody: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly required: readonly string[] } }>>;
  };
}

/** A part of the product, as its health says. */
export interface Part {
  readonly status: string;
  readonly detail: string;
}

/** Fields of the API's answers into which tests look. An answer has those of its route: what else it lacks, tests find. */
export interface AnswerJson extends Omit<Scan, 'status' | 'risk'>, Omit<Overview, 'counts'> {
  readonly status: string;
  readonly title: string;
  readonly code: string;
  readonly hint: string;
  readonly instance: string;
  readonly errors: readonly { readonly field: string }[];
  readonly items: readonly AnswerItem[];
  readonly nextCursor: string | null;
  readonly groups: readonly { readonly count: number }[];
  readonly total: number;
  readonly count: number;
  readonly components: Readonly<Record<'database' | 'queue' | 'cache' | 'sessions' | 'profiler', Part>>;
  readonly email: string;
  readonly role: string;
  readonly organisation: { readonly id: string };
  readonly password: string;
  readonly freshUntil: string;
  readonly secret: string;
  readonly uri: string;
  readonly recoveryCodes: readonly string[];
  readonly recoveryCodesLeft: number;
  readonly decidedBy: string;
  readonly recovery: number;
  readonly state: string;
  readonly content: {
    readonly users: readonly unknown[];
    readonly items: readonly { readonly handle: string }[];
  };
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
