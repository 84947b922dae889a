import type { Detector } from '../detection/detector.ts';
import { numberAndStreet, postBox, streetAndNumber, streetTypeFirst } from './address.ts';
import { age } from './age.ts';
import { bsn } from './bsn.ts';
import { card, imei } from './card.ts';
import { date } from './date.ts';
import { email } from './email.ts';
import { geo } from './geo.ts';
import { iban } from './iban.ts';
import { ipv4, ipv6 } from './ip.ts';
import { labelledPlace, location, placeByColumn } from './location.ts';
import { mac } from './mac.ts';
import * as belgium from './national/belgium.ts';
import * as centralEurope from './national/central-europe.ts';
import * as easternEurope from './national/eastern-europe.ts';
import * as france from './national/france.ts';
import * as germany from './national/germany.ts';
import * as italy from './national/italy.ts';
import * as netherlands from './national/netherlands.ts';
import * as nordics from './national/nordics.ts';
import * as iberia from './national/spain-portugal.ts';
import * as kingdom from './national/united-kingdom.ts';
import * as states from './national/united-states.ts';
import { firm, institution } from './organisation.ts';
import { person } from './person.ts';
import { personByIntroduction } from './person-by-introduction.ts';
import { personByResidence } from './person-by-residence.ts';
import { personByColumn, personByLabel, personBySalutation, personBySignature } from './person-by-label.ts';
import { phone } from './phone.ts';
import { britishPostcode, dutchPostcode, numericPostcode, townAfterPostcode } from './postcode.ts';
import { assignedSecret } from './secrets/assignment.ts';
import { PROVIDER_TOKENS } from './secrets/provider-tokens.ts';
import {
  authorisationHeader,
  azureKey,
  commandLinePassword,
  entraSecret,
  jsonWebToken,
  privateKey,
  urlPassword,
} from './secrets/structured.ts';
import { specialTermDetectors } from './special-terms.ts';
import { url } from './url.ts';
import { username } from './username.ts';
import { vat } from './vat.ts';
import { bitcoinWallet, ethereumWallet } from './wallet.ts';

function detectorsIn(module: Readonly<Record<string, unknown>>): Detector[] {
  return Object.values(module).filter(
    (value): value is Detector => typeof value === 'object' && value !== null && 'verify' in value,
  );
}

/** Every detector we have. The order carries no meaning. */
export const DETECTORS: readonly Detector[] = [
  bsn,
  iban,
  card,
  imei,
  email,
  phone,
  ipv4,
  ipv6,
  mac,
  date,
  age,
  person,
  personByIntroduction,
  personByResidence,
  personByLabel,
  personByColumn,
  personBySalutation,
  personBySignature,
  streetAndNumber,
  numberAndStreet,
  streetTypeFirst,
  postBox,
  dutchPostcode,
  britishPostcode,
  numericPostcode,
  townAfterPostcode,
  location,
  labelledPlace,
  placeByColumn,
  firm,
  institution,
  geo,
  url,
  vat,
  bitcoinWallet,
  ethereumWallet,
  username,
  assignedSecret,
  privateKey,
  jsonWebToken,
  urlPassword,
  azureKey,
  authorisationHeader,
  commandLinePassword,
  entraSecret,
  ...PROVIDER_TOKENS,
  ...specialTermDetectors,
  ...[
    belgium,
    centralEurope,
    easternEurope,
    france,
    germany,
    italy,
    netherlands,
    nordics,
    iberia,
    kingdom,
    states,
  ].flatMap((module) => detectorsIn({ ...module })),
];
