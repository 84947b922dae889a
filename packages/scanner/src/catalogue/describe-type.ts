import type { TypeDescription } from './type-description.ts';

/** Describes a type for reports. Unknown types get a cautious general description. */
export function describeType(type: string): TypeDescription {
  const isSecret = type.startsWith('SECRET_');
  return {
    type,
    category: isSecret ? 'credential' : 'identifier',
    severity: isSecret ? 'critical' : 'high',
    articles: isSecret ? ['GDPR 32'] : ['GDPR 5(1)(c)'],
    name: { en: type, nl: type },
    remedy: { en: '', nl: '' },
  };
}
