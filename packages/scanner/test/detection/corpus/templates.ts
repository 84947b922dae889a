/** Templates by kind of document. `{TYPE}` is a value, `{!kind}` a look-alike, `{word}` filler. */
export const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  letter: [
    `{ORG}\nT.a.v. mevrouw {PERSON.initials}\n{ADDRESS}\n{POSTCODE} {LOCATION}\n\nBetreft: uw aanvraag, ordernummer {!elevenproof}\n\nGeachte mevrouw {PERSON.last},\n\nWij bevestigen de ontvangst van uw aanvraag. Uw burgerservicenummer ({BSN}) en rekeningnummer {IBAN} zijn gecontroleerd. Zie ook de {!title} en {!room}. Het bedrag van {!money} wordt afgeschreven.\n\nVoor vragen belt u {PHONE} of mailt u naar {EMAIL}.\n\nMet vriendelijke groet,\n{PERSON}\n`,
    `Beste {PERSON.first},\n\nBedankt voor je bericht. Je geboortedatum is volgens ons systeem {DOB} en je adres is {ADDRESS}, {POSTCODE} {LOCATION}. Klopt het dat je te bereiken bent op {PHONE}?\n\nHet factuurnummer is {!luhn} en het klantnummer {!elevenproof}. De zending heeft trackingcode {!order}.\n\nGroeten,\n{PERSON}`,
    `Dear Mr. {PERSON.last},\n\nThank you for your order {!order}. We charged card {CARD} and will ship to {ADDRESS.en}, {LOCATION.en} {POSTCODE.gb}. Your invoice {!luhn} is attached.\n\nIf you have questions, call us on {PHONE} or e-mail {EMAIL}.\n\nKind regards,\n{PERSON}`,
    `Sehr geehrte Frau {PERSON.last},\n\nIhre Steuer-Identifikationsnummer lautet {DE_STEUERID}. Die Rechnungsnummer ist {!badsteuer}, die Bestellnummer {!elevenproof}. Bitte überweisen Sie auf IBAN {IBAN}.\n\nIhre Anschrift: {ADDRESS.de}, {POSTCODE.de} {LOCATION.de}. Geburtsdatum: {DOB}.\n\nMit freundlichen Grüßen\n{PERSON}`,
    `Madame {PERSON.last},\n\nVotre numéro de sécurité sociale est {FR_NIR}. Votre adresse : {ADDRESS.fr}, {POSTCODE.fr} {LOCATION.fr}. Le numéro de commande {!elevenproof} et la facture {!luhn} sont joints. Téléphone : {PHONE}.\n\nCordialement,\n{PERSON}`,
    `Aan: {PERSON}\nVan: {PERSON}\nOnderwerp: {!title}\n\nMijn BSN is {BSN}. Mijn paspoortnummer is {PASSPORT_NL} en mijn kenteken {PLATE_NL}. Het IBAN {!badiban} dat eerder is doorgegeven klopt niet; gebruik {IBAN}.`,
  ],
  csv: [
    `klantnr;naam;geboortedatum;bsn;email;telefoon\n{!badbsn};{PERSON};{DOB};{BSN.plain};{EMAIL};{PHONE}\n{!elevenproof};{PERSON};{DOB};{BSN.plain};{EMAIL};{PHONE}\n{!elevenproof};{PERSON};{DOB};{BSN.plain};{EMAIL};{PHONE}\n`,
    `order_id,customer_name,iban,amount,invoice_no\n{!elevenproof},{PERSON},{IBAN.plain},{n}.50,{!luhn}\n{!elevenproof},{PERSON},{IBAN.plain},{n}.95,{!cardluhn}\n`,
    `"Achternaam","Voornaam","Adres","Postcode","Plaats","IBAN"\n"{PERSON.last}","{PERSON.first}","{ADDRESS}","{POSTCODE}","{LOCATION}","{IBAN}"\n"{PERSON.last}","{PERSON.first}","{ADDRESS}","{POSTCODE}","{LOCATION}","{IBAN}"\n`,
    `sku\tean\tomschrijving\tvoorraad\n{!order}\t{!ean}\tSchroef {n} mm\t{n}\n{!elevenproof}\t{!ean}\tMoer {n} mm\t{n}\n{!badbsn}\t{!ean}\tPlaat {n} mm\t{n}\n`,
    `employee,dob,national_register_number,phone\n{PERSON},{DOB},{BE_RRN},{PHONE}\n{PERSON},{DOB},{BE_RRN},{PHONE}\n`,
    `kenteken;rijbewijsnummer;bestuurder;dossiernummer\n{PLATE_NL};{DRIVING_LICENCE_NL};{PERSON};{!order}\n{PLATE_NL};{DRIVING_LICENCE_NL};{PERSON};{!order}\n`,
  ],
  json: [
    `{\n  "orderId": "{!elevenproof}",\n  "traceId": "{!uuid}",\n  "customer": {\n    "name": "{PERSON}",\n    "email": "{EMAIL}",\n    "phone": "{PHONE}",\n    "bsn": "{BSN.plain}"\n  },\n  "iban": "{IBAN.plain}",\n  "createdAt": "{!time}",\n  "build": "{!version}"\n}`,
    `[{"firstName":"{PERSON.first}","lastName":"{PERSON.last}","dateOfBirth":"{DOB}","nationalId":{"type":"DNI","dni":"{ES_DNI}"},"ref":"{!sha}"},{"firstName":"{PERSON.first}","lastName":"{PERSON.last}","dateOfBirth":"{DOB}","nie":"{ES_NIE}","ts":{!timestamp}}]`,
    `{"user":{"fullName":"{PERSON}","codiceFiscale":"{IT_CF}","pesel":"{PL_PESEL}","personnummer":"{SE_PNR}"},"meta":{"serialNumber":"{!badbsn}","batch":{!elevenproof},"epoch":{!timestamp}}}`,
    `{"adres":{"straat":"{ADDRESS}","postcode":"{POSTCODE}","woonplaats":"{LOCATION}"},"kvkNummer":"{KVK}","btwNummer":"{BTW_NL}","artikelnummer":"{!order}"}`,
  ],
  log: [
    `{day} {clock} INFO  [http-1] request id={!uuid} from {IP} took {n} ms\n{day} {clock} WARN  [auth] failed login for {EMAIL} from {IP} (attempt {n})\n{day} {clock} INFO  [build] version {!version} commit {!sha}\n{day} {clock} DEBUG [queue] job {!timestamp} done, order={!elevenproof}\n`,
    `{!time} api[{n}]: user={EMAIL} ip={IP} session={!uuid} amount={amount}\n{!time} api[{n}]: dependency {!pkg} loaded, firmware {!version}\n{!time} dhcpd: DHCPACK on {IP} to {MAC}\n`,
    `[{day} {clock}] payment: card={CARD} order={!elevenproof} batch={!luhn}\n[{day} {clock}] payment: iban={IBAN.plain} ref={!order}\n[{day} {clock}] cache: key {!sha} size {n}\n`,
  ],
  medical: [
    `Patiënt: {PERSON}\nGeb. datum: {DOB}\nBSN: {BSN}\nDiagnose: {HEALTH}\nHuisarts: {PERSON}\nAGB-code: {AGB}\nDossiernummer: {!elevenproof}\nLabwaarde: {n} mmol/l\n`,
    `Mevr. {PERSON.initials} (geb. {DOB}) is bekend met {HEALTH}. Zij werd gezien op {!room}. BIG-nummer behandelaar: {BIG}. Contact: {PHONE}. Labnummer {!badbsn}.`,
    `Patient name: {PERSON}\nDOB: {DOB}\nNHS number: {UK_NHS}\nSpecimen no: {!order}\nWard phone: {PHONE}\nDevice serial {!badbsn}\n`,
    `Dhr. {PERSON.last} meldt zich met klachten passend bij {HEALTH}. Geboren op {DOB}, wonende {ADDRESS} te {LOCATION}. Verzekerd onder BSN {BSN}. Polisnummer {!elevenproof}.`,
  ],
  hr: [
    `Personeelsdossier\nNaam: {PERSON}\nPersoneelsnummer: {!badbsn}\nGeboortedatum: {DOB}\nBurgerservicenummer: {BSN}\nIBAN: {IBAN}\nAdres: {ADDRESS}, {POSTCODE} {LOCATION}\nE-mail: {EMAIL}\nMobiel: {PHONE}\nID-kaart: {ID_NL}\nRijbewijsnummer: {DRIVING_LICENCE_NL}\nGeloofsovertuiging: {RELIGION}\n`,
    `Mitarbeiter: {PERSON}\nGeburtsdatum: {DOB}\nSteuer-ID: {DE_STEUERID}\nIBAN: {IBAN}\nTelefon: {PHONE}\nInventarnummer: {!badbsn}\nRaum: {n}\n`,
    `Employee: {PERSON}\nNational Insurance: {UK_NINO}\nSort code and account on file. Bank: {IBAN}\nAddress: {ADDRESS.en}, {LOCATION.en}, {POSTCODE.gb}\nBadge {!order}\nSSN: {US_SSN}\n`,
    `Salarié : {PERSON}\nNé le {DOB}\nN° de sécurité sociale : {FR_NIR}\nRIB : {IBAN}\nAdresse : {ADDRESS.fr}, {POSTCODE.fr} {LOCATION.fr}\nMatricule : {!badbsn}\n`,
    `Medewerker {PERSON} (rijksregisternummer {BE_RRN}) werkt bij {ORG}. Vorige opgave {!badrrn} was foutief. CPR {DK_CPR}, HETU {FI_HETU}, PPSN {IE_PPSN}.`,
  ],
  config: [
    `# {!title}\nDB_PASSWORD={SECRET_PASSWORD}\nDATABASE_URL=postgres://app:{SECRET_URL_PASSWORD}@db.intern:5432/hr\nADMIN_EMAIL={EMAIL}\nAPI_KEY={SECRET_GENERIC}\nSAMPLE_KEY={!placeholder}\nBUILD={!version}\nCOMMIT={!sha}\n`,
    `aws_access_key_id = {SECRET_AWS}\naws_secret_access_key = {SECRET_AWS.secret}\nregion = eu-west-1\nrequest_id = {!uuid}\n`,
    `services:\n  api:\n    image: registry/app:{!version}\n    environment:\n      GITHUB_TOKEN: {SECRET_GITHUB}\n      SLACK_TOKEN: "{SECRET_SLACK}"\n      STRIPE_KEY: '{SECRET_STRIPE}'\n      PASSWORD: "{!placeholder}"\n      HOST: {IP}\n`,
    `//registry.example/:_authToken={SECRET_NPM}\nauth: Bearer {SECRET_JWT}\nchecksum: {!sha}\n{SECRET_PRIVATE_KEY}\n`,
    `const client = createClient({ token: '{SECRET_GITLAB}', password: '{SECRET_PASSWORD}' });\nconst hash = '{!sha}';\nconst started = {!timestamp};\nimport x from '{!pkg}';\n`,
  ],
  invoice: [
    `{ORG}\nKvK: {KVK}\nBTW: {BTW_NL}\nIBAN: {IBAN}\n\nFactuurnummer: {!elevenproof}\nArtikel {!ean}  {n} x  {amount}\nOnderdeel {!part}\nTotaal {!money}\n`,
    `Rechnung Nr. {!badsteuer}\nUSt-IdNr.: {VAT_DE}\nKunde: {PERSON}\n{ADDRESS.de}\n{POSTCODE.de} {LOCATION.de}\nZahlbar auf {IBAN}, nicht auf {!badiban}.\nKarte: {!badcard}\n`,
    `Facture {!luhn}\nTVA: {VAT_BE}\nLocatie levering: {GEO}\nContribuinte NIF: {PT_NIF}\nReferentie {!elevenproof}\n`,
  ],
  table: [
    `| Naam | BSN | Ordernr |\n|---|---|---|\n| {PERSON} | {BSN.plain} | {!elevenproof} |\n| {PERSON} | {BSN.plain} | {!elevenproof} |\n`,
    `Naam                     BSN        Referentie   Telefoon\n{PERSON}   {BSN.plain}  {!elevenproof}   {PHONE}\n{PERSON}   {BSN.plain}  {!badbsn}   {PHONE}\n`,
    `INSERT INTO klant (naam, bsn, iban, order_id) VALUES\n('{PERSON.plain}', '{BSN.plain}', '{IBAN.plain}', '{!elevenproof}'),\n('{PERSON.plain}', '{BSN.plain}', '{IBAN.plain}', '{!luhn}');\n`,
    `<klanten><klant id="{!elevenproof}"><naam>{PERSON}</naam><bsn>{BSN.plain}</bsn><email>{EMAIL}</email></klant><order nr="{!badbsn}"/></klanten>`,
    `klant:\n  naam: {PERSON}\n  bsn: "{BSN.plain}"\n  adres: {ADDRESS}\n  postcode: {POSTCODE}\n  order: {!elevenproof}\n  versie: {!version}\n`,
  ],
  mail: [
    `From: "{PERSON}" <{EMAIL}>\nTo: {PERSON} <{EMAIL}>\nSubject: {!title}\nMessage-Count: {n}\n\nHoi {PERSON.first},\n\nMijn nieuwe nummer is {PHONE}. Het serienummer van de laptop is {!badbsn} en de bestelling {!elevenproof}. Je kunt overmaken op {IBAN}.\n\nGroetjes,\n{PERSON.first}\n`,
    `Notitie gesprek met {PERSON} ({PHONE}). Geboren {DOB}. Wil factuur {!luhn} in termijnen. Paspoort {PASSPORT_NL} gezien. Kaart {CARD} geblokkeerd, zie ticket {!elevenproof}.\n`,
  ],
};
