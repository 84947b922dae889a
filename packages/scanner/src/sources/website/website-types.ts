import type { TypeDescription } from '../../catalogue/type-description.ts';

/** What a web site can be found to do, apart from the personal data in its text. */
export const WEBSITE_TYPES: readonly TypeDescription[] = [
  {
    type: 'COOKIE_BEFORE_CONSENT',
    category: 'online',
    severity: 'high',
    articles: ['ePrivacy 5(3)', 'Tw 11.7a', 'GDPR 6(1)'],
    name: { en: 'Cookie set before consent', nl: 'Cookie geplaatst vóór toestemming' },
    remedy: {
      en: 'Set cookies that are not strictly necessary only after the visitor has agreed, and let refusal be as easy.',
      nl: 'Plaats cookies die niet strikt noodzakelijk zijn pas na toestemming, en maak weigeren even eenvoudig.',
    },
  },
  {
    type: 'TRACKER',
    category: 'online',
    severity: 'high',
    articles: ['ePrivacy 5(3)', 'Tw 11.7a', 'GDPR 6(1)', 'GDPR 44'],
    name: { en: 'Tracker loaded before consent', nl: 'Tracker geladen vóór toestemming' },
    remedy: {
      en: 'Load the tracker only after consent, conclude a processing agreement, and check where the data goes; or remove it.',
      nl: 'Laad de tracker pas na toestemming, sluit een verwerkersovereenkomst en controleer waar de gegevens heen gaan; of verwijder hem.',
    },
  },
  {
    type: 'THIRD_PARTY_REQUEST',
    category: 'online',
    severity: 'low',
    articles: ['GDPR 13(1)(e)', 'GDPR 25'],
    name: { en: 'Request to a third party', nl: 'Verzoek aan een derde partij' },
    remedy: {
      en: 'The visitor’s IP address reaches this party. Host the file yourself, or name the party in the privacy statement.',
      nl: 'Het IP-adres van de bezoeker komt bij deze partij. Host het bestand zelf, of noem de partij in de privacyverklaring.',
    },
  },
  {
    type: 'FORM_PERSONAL_DATA',
    category: 'online',
    severity: 'medium',
    articles: ['GDPR 5(1)(c)', 'GDPR 13'],
    name: { en: 'Form that asks for personal data', nl: 'Formulier dat persoonsgegevens vraagt' },
    remedy: {
      en: 'Ask only for what the purpose needs, say beside the form what it is for, and link the privacy statement.',
      nl: 'Vraag alleen wat voor het doel nodig is, zeg bij het formulier waarvoor, en verwijs naar de privacyverklaring.',
    },
  },
  {
    type: 'FORM_WITHOUT_HTTPS',
    category: 'online',
    severity: 'critical',
    articles: ['GDPR 32(1)(a)', 'GDPR 5(1)(f)'],
    name: { en: 'Personal data sent without encryption', nl: 'Persoonsgegevens onversleuteld verstuurd' },
    remedy: {
      en: 'Serve the page and the target of the form over https only, and redirect http to it.',
      nl: 'Bied de pagina en het doel van het formulier alleen via https aan, en verwijs http daarheen door.',
    },
  },
  {
    type: 'PRIVACY_STATEMENT_MISSING',
    category: 'online',
    severity: 'medium',
    articles: ['GDPR 12(1)', 'GDPR 13', 'GDPR 14'],
    name: { en: 'No privacy statement found', nl: 'Geen privacyverklaring gevonden' },
    remedy: {
      en: 'Publish a privacy statement and link it from every page, with the word privacy in the link.',
      nl: 'Publiceer een privacyverklaring en verwijs er vanaf elke pagina naar, met het woord privacy in de link.',
    },
  },
];
