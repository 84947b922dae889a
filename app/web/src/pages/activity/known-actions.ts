import type { MessageKey } from '../../i18n/message-keys.ts';

/** Actions of the audit log that have words. */
const knownActions = [
  'signed-in',
  'sign-in-failed',
  'confirmed',
  'confirm-failed',
  'password-changed',
  'user-added',
  'user-changed',
  'user-removed',
  'organisation-added',
  'session.revoke',
  'session.revoke-others',
  'session.revoke-user',
  'session.revoke-organisation',
  'settings.change',
  'scan.create',
  'scan.cancel',
  'scan.retry',
  'scan.delete',
  'scan.share',
  'scan.unshare',
  'finding.decide',
  'report.export',
] as const;

type KnownAction = (typeof knownActions)[number];

// The compiler sees to it that every one has words.
const words: readonly MessageKey[] = knownActions.map((action) => `audit.did.${action}` as const);

/** Whether there are words for an action of the server. */
export function isKnownAction(action: string): action is KnownAction {
  return words.some((key) => key === `audit.did.${action}`);
}
