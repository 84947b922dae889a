import type { Claim } from './fusion.ts';

/** How far a sensitive term may stand from what identifies its person, in code units. */
const LINK_REACH = 240;
const IDENTIFYING =
  /^(?:PERSON|BSN|DOB|EMAIL|BE_RRN|DE_\w+|FR_NIR|UK_NHS|UK_NINO|US_SSN|ES_\w+|IT_CF|PL_PESEL|SE_PNR)$/;

/**
 * Drops claims about a person (health, religion, ...) unless a person is identified near them: a text that explains
 * diabetes is no personal data, a letter that says who has it is. Expects and returns claims by start.
 */
export function keepLinked(claims: readonly Claim[]): Claim[] {
  const anchors = claims.filter((claim) => IDENTIFYING.test(claim.type));
  return claims.filter((claim) => {
    if (!claim.needsPerson || claim.reasons.some((reason) => reason.startsWith('label'))) return true;
    return anchors.some((anchor) => anchor.start - claim.end <= LINK_REACH && claim.start - anchor.end <= LINK_REACH);
  });
}
