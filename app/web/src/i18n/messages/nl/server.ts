/** What the server says in English, in Dutch, by the code that comes with it: what is wrong and what to do. */
export const problems: Readonly<Record<string, { readonly title: string; readonly text: string }>> = {
  NOT_FOUND: {
    title: 'Niet gevonden',
    text: 'Hier staat niets, of niets dat u mag zien. Controleer het adres of ga terug naar de lijst.',
  },
  NOT_SIGNED_IN: { title: 'Niet ingelogd', text: 'Niemand is ingelogd, of de sessie is afgelopen. Log opnieuw in.' },
  FORBIDDEN: { title: 'Niet toegestaan', text: 'Uw rol staat dit niet toe. Vraag een beheerder van uw organisatie.' },
  SESSION_NOT_FRESH: {
    title: 'Bevestig dat u het bent',
    text: 'Dit vraagt een recent bewijs van wie u bent. Probeer het opnieuw en typ dan uw wachtwoord.',
  },
  UNAVAILABLE: {
    title: 'Nu niet beschikbaar',
    text: 'De server kan dit op dit moment niet doen. Probeer het over enkele seconden opnieuw; er is niets verloren.',
  },
  TOO_MANY_REQUESTS: {
    title: 'Te veel verzoeken tegelijk',
    text: 'U hebt meer verzoeken openstaan dan de server voor één persoon bewaart. Probeer het zo opnieuw.',
  },
  OVERLOADED: {
    title: 'De server is druk',
    text: 'Er wordt nu meer gevraagd dan de server aankan. Probeer het zo opnieuw; er is niets verloren.',
  },
  VALIDATION_FAILED: {
    title: 'Dit verzoek klopt niet',
    text: 'Een of meer velden zijn niet goed ingevuld. Verbeter ze en verstuur opnieuw.',
  },
  INTERNAL: {
    title: 'Er ging iets mis op de server',
    text: 'Dit is opgeschreven in het logboek. Probeer het opnieuw; blijft het misgaan, meld het bij uw beheerder.',
  },
  BODY_TOO_LARGE: { title: 'Te groot', text: 'Het verzoek is groter dan de server aanneemt.' },
  CROSS_SITE: { title: 'Van een andere site', text: 'Dit verzoek kwam van een andere site. Herlaad de pagina.' },
  SIGN_IN_FAILED: { title: 'Inloggen mislukt', text: 'Het e-mailadres of het wachtwoord klopt niet.' },
  SECOND_FACTOR_NEEDED: { title: 'Er is een code nodig', text: 'Dit account heeft een tweede factor. Vul de code in.' },
  SECOND_FACTOR_WRONG: {
    title: 'De code klopt niet',
    text: 'De code is onjuist, te oud of al gebruikt. Wacht op de volgende, of gebruik een herstelcode.',
  },
  SECOND_FACTOR_DUE: {
    title: 'Een tweede factor is verplicht',
    text: 'Uw organisatie vraagt een tweede factor van beheerders. Stel hem in onder Account.',
  },
  SECOND_FACTOR_ON: { title: 'Er is al een tweede factor', text: 'Zet hem eerst uit.' },
  SECOND_FACTOR_OWN_FIRST: {
    title: 'U hebt zelf nog geen tweede factor',
    text: 'U zou uzelf buitensluiten. Stel eerst uw eigen in, onder Account.',
  },
  SECOND_FACTOR_REQUIRED: {
    title: 'De tweede factor is verplicht',
    text: 'Uw organisatie vraagt hem van beheerders. Wijzig eerst de instelling, of maak nieuwe herstelcodes.',
  },
  TOO_MANY_TRIES: { title: 'Te veel pogingen', text: 'Wacht even en probeer het opnieuw, of vraag een beheerder.' },
  PASSWORD_WRONG: { title: 'Wachtwoord klopt niet', text: 'Het huidige wachtwoord is niet goed. Typ het opnieuw.' },
  EMAIL_TAKEN: { title: 'Adres bestaat al', text: 'Er is al een gebruiker met dit e-mailadres.' },
  LAST_ADMINISTRATOR: {
    title: 'De laatste beheerder',
    text: 'Er moet minstens één actieve beheerder blijven. Maak eerst een ander beheerder.',
  },
  DISK_FULL: {
    title: 'Te weinig schijfruimte',
    text: 'De schijf met de gegevens is bijna vol; er is niets opgeslagen. Maak ruimte vrij of verwijder oude scans.',
  },
  UPLOAD_TOO_LARGE: {
    title: 'Te veel voor één upload',
    text: 'Laat weg wat niet hoeft, upload in delen, of laat de server zijn eigen map scannen.',
  },
  UPLOAD_GONE: { title: 'Upload niet meer aanwezig', text: 'De bestanden zijn al verwijderd. Upload ze opnieuw.' },
  UPLOAD_EMPTY: {
    title: 'Lege upload',
    text: 'De upload bevat geen bestand. Kies minstens één bestand; een lege map valt niet te scannen.',
  },
  SCANNER_UPLOAD_EMPTY: {
    title: 'Lege upload',
    text: 'De upload bevat geen bestand. Upload minstens één bestand; een lege map valt niet te scannen.',
  },
  SCAN_ACTIVE: { title: 'De scan loopt nog', text: 'Wacht tot hij klaar is, of annuleer hem eerst.' },
  SCAN_ENDED: { title: 'De scan is al afgelopen', text: 'Er valt niets meer te annuleren.' },
  SCAN_PATH_FORBIDDEN: {
    title: 'Deze bron mag niet worden gescand',
    text: 'Mappen van de server scannen alleen beheerders en managers. Upload de bestanden, of vraag een beheerder.',
  },
  SCAN_PATH_RELATIVE: { title: 'Onvolledig pad', text: 'Het pad moet volledig zijn en met / beginnen.' },
  SCAN_PATH_SPECIAL: { title: 'Geen bestand of map', text: 'Het pad is geen bestand en geen map. Kies een ander.' },
  SCAN_PATH_OUTSIDE_ROOTS: {
    title: 'Deze bron mag niet worden gescand',
    text: 'Het pad ligt buiten de mappen die mogen worden gescand. Een beheerder bepaalt die in de instellingen.',
  },
  SCAN_PATH_RESERVED: {
    title: 'Deze bron mag niet worden gescand',
    text: 'Deze map bevat de gegevens van het platform zelf. Kies een map daarbuiten.',
  },
  SCAN_PRIVATE_FORBIDDEN: {
    title: 'Deze bron mag niet worden gescand',
    text: 'Alleen beheerders mogen interne adressen toestaan. Vraag een beheerder.',
  },
  SCANNER_ADDRESS_BLOCKED: {
    title: 'Deze bron mag niet worden gescand',
    text: 'Het adres hoort bij een intern netwerk. Een beheerder kan interne adressen toestaan.',
  },
  SCANNER_PATH_NOT_FOUND: {
    title: 'Pad niet gevonden',
    text: 'Dit pad bestaat niet op de server. Controleer de spelling en, in een container, of de map is gekoppeld.',
  },
  SCANNER_PATH_UNREADABLE: {
    title: 'Pad niet leesbaar',
    text: 'Het account van de server mag dit pad niet lezen. Geef het leesrecht, of kies een andere map.',
  },
  SCANNER_SOURCE_INVALID: {
    title: 'Deze bron kan niet worden gescand',
    text: 'Geef een pad, een http(s)-adres, een git-repository of een adres van een database.',
  },
  SCANNER_SCHEME_REFUSED: {
    title: 'Dit soort adres wordt niet geopend',
    text: 'Gebruik een adres dat met https:// of http:// begint, of dat van een ondersteunde database.',
  },
  SCANNER_HOST_NOT_FOUND: {
    title: 'Server niet gevonden',
    text: 'Deze naam is niet bekend. Controleer de spelling en de naamserver van de machine.',
  },
  SCANNER_SITE_UNREACHABLE: {
    title: 'De site antwoordt niet',
    text: 'Open het adres in een browser op de server; controleer proxy, certificaat en firewall.',
  },
  SCANNER_DATABASE_REFUSED: {
    title: 'De database weigert de verbinding',
    text: 'Controleer server, poort, account, wachtwoord en de toegangsregels van de database.',
  },
  SCANNER_DATABASE_FAILED: {
    title: 'De database kon een vraag niet beantwoorden',
    text: 'Geef het account leesrecht op de tabellen.',
  },
  SCANNER_GIT_MISSING: {
    title: 'Git is niet geïnstalleerd',
    text: 'Installeer git op de server, of scan de bestanden als map.',
  },
  SCANNER_GIT_FAILED: {
    title: 'De repository kon niet worden gelezen',
    text: 'Controleer het adres, de branch en, bij een besloten repository, de toegang.',
  },
};

/** Why an item was not scanned, in Dutch, by code. */
export const skips: Readonly<Record<string, string>> = {
  UNREADABLE: 'Kan niet worden geopend of gelezen',
  SYMLINK: 'Symbolische link naar buiten, in een kring of nergens heen',
  SPECIAL_FILE: 'Apparaat, socket of pipe',
  BINARY: 'Binaire gegevens zonder tekst',
  UNSUPPORTED: 'Formaat dat niet wordt gelezen',
  BROKEN: 'Beschadigd: de inhoud klopt niet met het formaat',
  ENCRYPTED: 'Beveiligd met een wachtwoord; verwijder het en scan opnieuw',
  TOO_LARGE: 'Groter dan de grens voor dit formaat',
  ARCHIVE_RATIO: 'Archief dat tot verdacht veel uitpakt',
  ARCHIVE_SIZE: 'Archief dat tot meer dan de grens uitpakt',
  ARCHIVE_DEPTH: 'Archief in te veel archieven',
  ARCHIVE_ENTRIES: 'Archief met te veel bestanden',
  UNSAFE_NAME: 'Bestand in een archief met een naam die naar buiten leidt',
  TABLE_UNREADABLE: 'Tabel die niet mag worden gelezen; geef het account leesrecht',
  ROBOTS: 'robots.txt vraagt dit niet op te halen',
  HTTP_STATUS: 'De server antwoordde met een fout',
  ADDRESS_BLOCKED: 'Leidt naar een intern adres',
  UNREACHABLE: 'De server antwoordde niet',
  LIMIT_REACHED: 'Een grens van de scan is bereikt',
  NO_TEXT: 'Document zonder tekst, waarschijnlijk gescand papier',
  PART_FAILED: 'Mislukt bij elke poging',
};
