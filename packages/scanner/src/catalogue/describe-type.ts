import { ARTICLES } from './articles.ts';
import { ENTRIES } from './entries.ts';
import { ISSUERS } from './issuers.ts';
import { REMEDIES } from './remedies.ts';
import { WEBSITE_TYPES } from '../sources/website/website-types.ts';
import type { TypeDescription } from './type-description.ts';

const remembered = new Map<string, TypeDescription>(ENTRIES);

/**
 * Describes a type for reports. Secrets of an issuer and VAT numbers of a country are described by rule; a type that is
 * neither known nor covered by one gets a cautious general description.
 */
export function describeType(type: string): TypeDescription {
  const ofSite = WEBSITE_TYPES.find((candidate) => candidate.type === type);
  if (ofSite) return ofSite;
  const known = remembered.get(type);
  if (known) return known;
  const described = describeByRule(type);
  // Bounded: types come from our detectors, but a caller may pass anything.
  if (remembered.size < 1000) remembered.set(type, described);
  return described;
}

function describeByRule(type: string): TypeDescription {
  if (type.startsWith('SECRET_')) {
    const issuer = type.slice('SECRET_'.length);
    const name = ISSUERS[issuer] ?? issuer.charAt(0) + issuer.slice(1).toLowerCase().replaceAll('_', ' ');
    return {
      type,
      category: 'credential',
      severity: 'critical',
      articles: [ARTICLES.security, ARTICLES.breach],
      name: { en: `Secret of ${name}`, nl: `Geheim van ${name}` },
      remedy: REMEDIES.secret,
    };
  }
  if (type.startsWith('VAT_')) {
    const country = type.slice('VAT_'.length);
    return {
      type,
      category: 'identifier',
      severity: 'low',
      articles: [ARTICLES.principles],
      name: { en: `VAT number (${country})`, nl: `Btw-nummer (${country})` },
      remedy: REMEDIES.business,
    };
  }
  return {
    type,
    category: 'identifier',
    severity: 'medium',
    articles: [ARTICLES.lawful, ARTICLES.principles],
    name: { en: type, nl: type },
    remedy: REMEDIES.identity,
  };
}
