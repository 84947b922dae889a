const MOST_DAYS = 3_650;
const MOST_FOLDERS = 100;

/** Days from what was typed: null when nothing was, undefined when it is no whole number from 1 to 3650. */
export function parseRetentionDays(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (!/^\d{1,4}$/.test(trimmed)) return undefined;
  const days = Number(trimmed);
  return days >= 1 && days <= MOST_DAYS ? days : undefined;
}

/** Folders from lines: undefined when one is no full path, or there are more than 100. */
export function parseScanRoots(text: string): readonly string[] | undefined {
  const folders = [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  return folders.length <= MOST_FOLDERS && folders.every((folder) => folder.startsWith('/')) ? folders : undefined;
}
