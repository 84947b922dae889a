import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_RULES } from '../../src/alerts/default-rules.ts';
import { ruleNames } from '../../src/alerts/rule-names.ts';

describe('names of rules', () => {
  it('are there in Dutch for every rule that is shipped', () => {
    const same = DEFAULT_ALERT_RULES.filter((rule) => ruleNames(rule).nl === rule.name).map(({ id }) => id);
    expect(same).toEqual([]);
  });

  it('that people have changed are left as they are', () => {
    expect(ruleNames({ id: 'errors', name: 'Ours' })).toEqual({ en: 'Ours', nl: 'Ours' });
  });
});
