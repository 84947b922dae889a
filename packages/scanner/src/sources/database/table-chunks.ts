import type { SkippedItem, TableItem } from '../../chunk.ts';
import type { ScanLimits } from '../../options.ts';
import type { UnnumberedChunk } from '../source.ts';

/** Gathers tables to chunks of the wanted size. */
export function* gatherTableChunks(
  items: Iterable<TableItem>,
  skipped: readonly SkippedItem[],
  limits: ScanLimits,
): Generator<UnnumberedChunk & { readonly kind: 'tables' }> {
  let gathered: TableItem[] = [];
  let bytes = 0;
  let left: readonly SkippedItem[] = skipped;
  const take = (): UnnumberedChunk & { readonly kind: 'tables' } => {
    const chunk = { kind: 'tables' as const, items: gathered, skipped: left, estimatedBytes: bytes };
    gathered = [];
    bytes = 0;
    left = [];
    return chunk;
  };
  for (const item of items) {
    if (gathered.length > 0 && bytes + item.bytes > limits.chunkBytes) yield take();
    gathered.push(item);
    bytes += item.bytes;
    if (gathered.length >= limits.chunkItems) yield take();
  }
  if (gathered.length > 0 || left.length > 0) yield take();
}

/** Whether the caller asked for this table, by its name alone or with its schema. */
export function isWantedTable(wanted: readonly string[] | undefined, schema: string, table: string): boolean {
  return wanted === undefined || wanted.includes(table) || wanted.includes(`${schema}.${table}`);
}
