export { createDetection, type Detection, type DetectionOptions } from './detection/detection.ts';
export type { Detected } from './detection/detected.ts';
export type { DetectionHints } from './detection/document-view.ts';
export { maskValue } from './detection/mask-value.ts';
export { normaliseValue } from './detection/normalise-value.ts';
export { describeType } from './catalogue/describe-type.ts';
export type { Bilingual, FindingCategory, Severity, TypeDescription } from './catalogue/type-description.ts';
