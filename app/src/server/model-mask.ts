import { createDetection } from '@dataguardian/scanner';

/** Replaces every detected value by its type: what a language model receives holds no personal data and no secrets. */
export function createModelMask(): (text: string) => string {
  const detection = createDetection();
  return (text) => {
    let masked = '';
    let from = 0;
    for (const { type, start, end } of detection.detect(text).toSorted((a, b) => a.start - b.start)) {
      if (start < from) continue;
      masked += `${text.slice(from, start)}[${type}]`;
      from = end;
    }
    return masked + text.slice(from);
  };
}
