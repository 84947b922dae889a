import type { Finding } from '../../api/types.ts';
import type { FindingGroup } from './finding-filters.ts';

/** A line of the table: a finding, or the heading of the findings below it. */
export type FindingRow =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'heading'; readonly key: string };

const keyOf: Readonly<Record<Exclude<FindingGroup, 'none'>, (finding: Finding) => string>> = {
  file: ({ location }) => location.item,
  type: ({ type }) => type,
};

/** Puts a heading before each run of findings of one group; the server sends them in the group's order. */
export function toFindingRows(findings: readonly Finding[], group: FindingGroup): readonly FindingRow[] {
  if (group === 'none') return findings.map((finding) => ({ kind: 'finding', finding }));
  let last: string | undefined;
  return findings.flatMap((finding): readonly FindingRow[] => {
    const key = keyOf[group](finding);
    const isNew = key !== last;
    last = key;
    return [...(isNew ? [{ kind: 'heading', key } as const] : []), { kind: 'finding', finding }];
  });
}
