import type { Claim } from './fusion.ts';

/** How far a sensitive term may stand from what identifies its person, in code units. */
const LINK_REACH = 240;
const IDENTIFYING =
  /^(?:PERSON|BSN|DOB|EMAIL|BE_RRN|DE_\w+|FR_NIR|UK_NHS|UK_NINO|US_SSN|ES_\w+|IT_CF|PL_PESEL|SE_PNR)$/;

/** Up to this length a text is a cell, a question or a sentence or two. */
const SHORT_TEXT = 320;

/**
 * Drops claims about a person (health, religion, a place, ...) unless a person is identified near them: a text that
 * explains diabetes is no personal data, a letter that says who has it is. Expects and returns claims by start.
 */
export function keepLinked(claims: readonly Claim[], textLength: number): Claim[] {
  const anchors = claims.filter((claim) => IDENTIFYING.test(claim.type));
  let first = 0;
  return claims.filter((claim) => {
    while (first < anchors.length && (anchors[first]?.end ?? 0) < claim.start - LINK_REACH) first++;
    if (claim.needsPerson === undefined) return true;
    if (claim.needsPerson === 'unless-short' && textLength <= SHORT_TEXT) return true;
    if (claim.reasons.some((reason) => reason.startsWith('label'))) return true;
    const nearest = anchors[first];
    return nearest !== undefined && nearest.start - claim.end <= LINK_REACH;
  });
}
