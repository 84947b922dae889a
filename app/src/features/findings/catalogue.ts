import { describeType, type TypeDescription } from '@dataguardian/scanner';

/** The type names of the contract, in the order of the catalogue; `docs/` and scripts depend on them. */
const TYPES = `BSN PASSPORT_NL ID_NL DRIVING_LICENCE_NL BE_RRN DE_STEUERID DE_RVNR DE_KVNR FR_NIR UK_NHS UK_NINO US_SSN
ES_DNI ES_NIE IT_CF PL_PESEL SE_PNR DK_CPR FI_HETU PT_NIF AT_SVNR IE_PPSN PERSON DOB AGE DATE ORG KVK BTW_NL PLATE_NL
EMAIL PHONE ADDRESS POSTCODE LOCATION GEO IBAN CARD WALLET_BTC WALLET_ETH IP MAC URL
HEALTH RELIGION POLITICS ETHNICITY UNION ORIENTATION BIOMETRIC GENETIC CRIMINAL
SECRET_AWS SECRET_GCP SECRET_AZURE SECRET_GITHUB SECRET_GITLAB SECRET_SLACK SECRET_STRIPE SECRET_NPM SECRET_OPENAI
SECRET_PRIVATE_KEY SECRET_JWT SECRET_PASSWORD SECRET_GENERIC`.split(/\s+/);

/** Descriptions of the known types, and of any in `found` that are not among them. */
export function catalogueItems(found: Iterable<string> = []): TypeDescription[] {
  return [...new Set([...TYPES, ...found])].map((type) => describeType(type));
}
