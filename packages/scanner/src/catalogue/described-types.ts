import { DETECTORS } from '../detectors/detectors.ts';
import { WEBSITE_TYPES } from '../sources/website/website-types.ts';
import { describeType } from './describe-type.ts';
import { ENTRIES } from './entries.ts';
import type { TypeDescription } from './type-description.ts';

/** Every type that is known by name, described: what a page needs to show findings of any scan. */
export function describedTypes(): readonly TypeDescription[] {
  const types = new Set([
    ...ENTRIES.keys(),
    ...WEBSITE_TYPES.map(({ type }) => type),
    ...DETECTORS.flatMap(({ type, alsoTypes = [] }) => [type, ...alsoTypes]),
  ]);
  return [...types].map((type) => describeType(type));
}
