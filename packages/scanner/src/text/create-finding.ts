import type { Detected } from '../detection/detected.ts';
import { maskValue } from '../detection/mask-value.ts';
import type { Finding } from '../finding.ts';
import { fingerprintValue } from './fingerprint.ts';
import { previewContext } from './preview.ts';
import type { DetectedWindow } from './text-sink.ts';

/** Turns a detection into a finding: here, and nowhere later, the raw value is dropped. */
export function createFinding(
  key: Uint8Array,
  detected: Detected,
  window: DetectedWindow,
  location: Finding['location'],
): Finding {
  const value = window.text.slice(detected.start, detected.end);
  const { type, category, severity, score, reasons } = detected;
  return {
    type,
    category,
    severity,
    score,
    reasons,
    location,
    // Cut between the halves of a pair, a text is none that other programs take.
    masked: maskValue(type, value).toWellFormed(),
    fingerprint: fingerprintValue(key, type, value),
    context: previewContext(window.text, detected, window.all).toWellFormed(),
  };
}
