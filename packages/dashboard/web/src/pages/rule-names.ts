import { ruleNames } from '../../../src/alerts/rule-names.ts';
import { language } from '../text.ts';

/** The name of a rule in the language of the page. */
export function ruleName(rule: { readonly id: string; readonly name: string }): string {
  return ruleNames(rule)[language];
}
