import type { Bilingual } from './type-description.ts';

/** What to do about a finding; shared by the types that need the same care. */
export const REMEDIES = {
  bsn: {
    en: 'Check whether a law obliges you to process this citizen service number; without one you may not hold it. Remove it from this place, keep it only in the system that needs it, and mask it in exports and logs.',
    nl: 'Ga na welke wet u verplicht dit burgerservicenummer te verwerken; zonder wettelijke grondslag mag u het niet bewaren. Verwijder het hier, bewaar het alleen in het systeem dat het nodig heeft en maskeer het in exports en logbestanden.',
  },
  nationalNumber: {
    en: 'National numbers open the door to identity fraud. Keep the number only where national law requires it, restrict who can read it, and replace it elsewhere by an internal reference.',
    nl: 'Met een nationaal nummer ligt identiteitsfraude op de loer. Bewaar het nummer alleen waar nationale wetgeving dat eist, beperk wie het kan lezen en gebruik elders een intern kenmerk.',
  },
  document: {
    en: 'Do not store document numbers or copies longer than the identity check takes. Record that the check was done, by whom and when, and delete the number.',
    nl: 'Bewaar documentnummers en kopieën niet langer dan de identiteitscontrole duurt. Leg vast dat de controle is gedaan, door wie en wanneer, en verwijder het nummer.',
  },
  financial: {
    en: 'Limit access to the people who make or check payments. Mask the number in reports and messages, and delete it when the legal retention period ends.',
    nl: 'Beperk de toegang tot medewerkers die betalingen doen of controleren. Maskeer het nummer in rapporten en berichten en verwijder het zodra de wettelijke bewaartermijn afloopt.',
  },
  card: {
    en: 'Never keep a full card number outside a system that meets PCI DSS. Replace it by the token of your payment provider, delete it here and look in backups and logs as well.',
    nl: 'Bewaar een volledig kaartnummer nooit buiten een systeem dat aan PCI DSS voldoet. Vervang het door het token van uw betaaldienst, verwijder het hier en controleer ook back-ups en logbestanden.',
  },
  contact: {
    en: 'Check that you have a purpose and a legal basis for keeping this here. Delete what is no longer needed, and keep contact details in one place so that corrections and deletions reach them all.',
    nl: 'Controleer of u een doel en een grondslag hebt om dit hier te bewaren. Verwijder wat niet meer nodig is en bewaar contactgegevens op één plek, zodat correcties en verwijderingen overal doorwerken.',
  },
  online: {
    en: 'Online identifiers are personal data when they can be traced to somebody. Shorten or hash them, keep logs no longer than security requires, and mention them in the privacy statement.',
    nl: 'Online identificatoren zijn persoonsgegevens zodra ze tot iemand te herleiden zijn. Kort ze in of hash ze, bewaar logbestanden niet langer dan de beveiliging vraagt en noem ze in de privacyverklaring.',
  },
  location: {
    en: 'Store location only as precisely as the purpose needs, and delete it when the purpose ends. Where people live or go reveals more than it seems.',
    nl: 'Bewaar locatie niet nauwkeuriger dan het doel vraagt en verwijder haar als het doel is bereikt. Waar mensen wonen of komen, zegt meer dan het lijkt.',
  },
  identity: {
    en: 'Keep it only with a purpose and a legal basis, and no longer than needed. In test data, logs and analyses use pseudonyms instead.',
    nl: 'Bewaar dit alleen met een doel en een grondslag, en niet langer dan nodig. Gebruik in testgegevens, logbestanden en analyses pseudoniemen.',
  },
  special: {
    en: 'Processing this is forbidden unless an exception of article 9 applies, such as explicit consent or care. Record which exception you rely on, restrict access to those who need it, and delete it anywhere else. A DPIA may be required.',
    nl: 'Verwerking hiervan is verboden, tenzij een uitzondering van artikel 9 geldt, zoals uitdrukkelijke toestemming of zorgverlening. Leg vast op welke uitzondering u zich beroept, beperk de toegang tot wie het nodig heeft en verwijder het overal elders. Mogelijk is een DPIA verplicht.',
  },
  criminal: {
    en: 'Criminal data may be processed only under public authority or where the law allows it. Check that ground, restrict access to named people, and delete the record when the ground ends.',
    nl: 'Strafrechtelijke gegevens mag u alleen verwerken onder toezicht van de overheid of als de wet het toestaat. Controleer die grondslag, geef alleen aangewezen personen toegang en verwijder het gegeven als de grondslag vervalt.',
  },
  secret: {
    en: 'Treat it as leaked: revoke it at its issuer and make a new one first, then remove it from the file and from the history of the repository. Keep secrets in a vault or in the environment, and check the access logs for misuse.',
    nl: 'Beschouw dit als gelekt: trek het eerst in bij de uitgever en maak een nieuw aan, verwijder het daarna uit het bestand en uit de geschiedenis van de repository. Bewaar geheimen in een kluis of in de omgeving en controleer de toegangslogboeken op misbruik.',
  },
  password: {
    en: 'Change the password now, also wherever it is used again. Store only a salted hash of passwords of users, and keep those of systems in a vault.',
    nl: 'Wijzig het wachtwoord meteen, ook overal waar het opnieuw wordt gebruikt. Bewaar van gebruikers alleen een gezouten hash en zet wachtwoorden van systemen in een kluis.',
  },
  key: {
    en: 'Replace the key pair and have certificates that use it revoked. Remove the key from this place and its history; a private key belongs on one machine or in a hardware module.',
    nl: 'Vervang het sleutelpaar en laat certificaten die het gebruiken intrekken. Verwijder de sleutel hier en uit de geschiedenis; een privésleutel hoort op één machine of in een hardwaremodule.',
  },
  business: {
    en: 'Public for companies, personal data for sole traders. Keep it where the business relation needs it and delete it with the relation.',
    nl: 'Openbaar voor bedrijven, maar een persoonsgegeven bij eenmanszaken. Bewaar het zolang de zakelijke relatie het vraagt en verwijder het met de relatie.',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;
