import type { factor as english } from '../en/factor.ts';

/** The second factor, in Dutch. */
export const factor: Readonly<Record<keyof typeof english, string>> = {
  'factor.title': 'Tweede factor',
  'factor.note':
    'Een code uit een app op uw telefoon, gevraagd na het wachtwoord. Wie alleen het wachtwoord heeft, blijft buiten.',
  'factor.off': 'Niet ingesteld.',
  'factor.required':
    'Uw organisatie vraagt dit van beheerders. Zolang het niet is ingesteld, kunt u niets anders doen.',
  'factor.on': 'Aan. Er zijn nog {count} herstelcodes.',
  'factor.setUp': 'Instellen',
  'factor.turnOff': 'Uitzetten',
  'factor.renew': 'Nieuwe herstelcodes',
  'factor.step1': '1. Scan dit met een authenticator-app, of typ de sleutel erin.',
  'factor.qr': 'QR-code met de sleutel voor de authenticator-app',
  'factor.key': 'Sleutel',
  'factor.step2': '2. Typ de code die de app toont.',
  'factor.code': 'Code',
  'factor.codeHint': 'Zes cijfers uit de app, of een herstelcode.',
  'factor.codeMissing': 'Vul de zes cijfers in die de app toont.',
  'factor.finish': 'Aanzetten',
  'factor.done': 'De tweede factor staat aan',
  'factor.codes': 'Herstelcodes',
  'factor.codesNote':
    'Ze worden één keer getoond. Elk opent uw account één keer als u uw telefoon niet hebt. Druk ze af of bewaar ze in een wachtwoordmanager.',
  'factor.renewText': 'De vorige openen dan niets meer.',
  'factor.kept': 'Ik heb ze bewaard',
  'factor.offDone': 'De tweede factor staat uit. Uw andere apparaten zijn uitgelogd.',
  'factor.offTitle': 'De tweede factor uitzetten?',
  'factor.offText': 'Dan opent het wachtwoord alleen uw account weer.',
  'users.factor': 'Tweede factor uit',
  'users.factorOf': 'Tweede factor van {email} uitzetten',
  'users.factorTitle': 'De tweede factor van {email} uitzetten?',
  'users.factorText':
    'Voor wie telefoon en herstelcodes kwijt is. Deze gebruiker wordt overal uitgelogd. Ga na of het echt deze persoon is die het vraagt.',
  'users.factorDone': 'De tweede factor van {email} staat uit.',
  'settings.signIn': 'Inloggen',
  'settings.signInNote': 'Beheerders kunnen de meeste schade doen.',
  'settings.factor': 'Een tweede factor van beheerders eisen',
  'settings.factorHint': 'Wie er geen heeft, kan hem alleen instellen. Stel eerst uw eigen in, onder Account.',
  'settings.saveSignIn': 'Inloggen opslaan',
};
