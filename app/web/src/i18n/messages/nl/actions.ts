import type { actions as english } from '../en/actions.ts';

/** What was done, by the action in the audit log, in Dutch. */
export const actions: Readonly<Record<keyof typeof english, string>> = {
  'signed-in': 'Ingelogd',
  'sign-in-failed': 'Inloggen mislukt',
  confirmed: 'Heeft zich opnieuw bevestigd',
  'confirm-failed': 'Opnieuw bevestigen mislukt',
  'password-changed': 'Eigen wachtwoord gewijzigd',
  'user-added': 'Gebruiker toegevoegd',
  'user-changed': 'Gebruiker gewijzigd',
  'user-removed': 'Gebruiker verwijderd',
  'organisation-added': 'Organisatie toegevoegd',
  'session.revoke': 'Apparaat uitgelogd',
  'session.revoke-others': 'Eigen andere apparaten uitgelogd',
  'session.revoke-user': 'Gebruiker overal uitgelogd',
  'session.revoke-organisation': 'Iedereen uitgelogd',
  'settings.change': 'Instellingen gewijzigd',
  'scan.create': 'Scan gestart',
  'scan.cancel': 'Scan geannuleerd',
  'scan.retry': 'Scan opnieuw gestart',
  'scan.delete': 'Scan verwijderd',
  'scan.share': 'Scan gedeeld',
  'scan.unshare': 'Delen van een scan beëindigd',
  'finding.decide': 'Over bevindingen beslist',
  'report.export': 'Rapport opgehaald',
};
