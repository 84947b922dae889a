import { useCallback, useEffect, useMemo, useState } from 'react';
import { findLastAtMost, toEdges } from './row-edges.ts';

/** A row in or near view. */
export interface VisibleRow {
  readonly index: number;
  readonly top: number;
  readonly height: number;
}

/** The rows to draw, and how tall all of them would be. */
export interface VisibleRows {
  readonly rows: readonly VisibleRow[];
  readonly totalHeight: number;
  /** Scrolls as little as needed for a row to be seen whole. */
  readonly reveal: (index: number) => void;
}

const overscanPx = 480;

/**
 * Which rows of a scrolling box are in view. Row heights are known in advance, so a hundred thousand rows cost one
 * addition each when they change and a binary search per scroll. The `pinned` row is drawn wherever it is (-1: none),
 * so that it can keep the focus.
 */
export function useVisibleRows(box: HTMLElement | null, heights: readonly number[], pinned: number): VisibleRows {
  const edges = useMemo(() => toEdges(heights), [heights]);
  const [view, setView] = useState({ top: 0, height: 800 });

  useEffect(() => {
    if (!box) return undefined;
    const measure = (): void => setView({ top: box.scrollTop, height: box.clientHeight });
    const sizes = new ResizeObserver(measure);
    sizes.observe(box);
    box.addEventListener('scroll', measure, { passive: true });
    return () => {
      sizes.disconnect();
      box.removeEventListener('scroll', measure);
    };
  }, [box]);

  const reveal = useCallback(
    (index: number) => {
      const top = edges[index];
      const bottom = edges[index + 1];
      if (!box || top === undefined || bottom === undefined) return;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    },
    [box, edges],
  );

  const rows = useMemo(() => {
    if (heights.length === 0) return [];
    const first = Math.min(heights.length - 1, findLastAtMost(edges, view.top - overscanPx));
    const last = Math.min(heights.length - 1, findLastAtMost(edges, view.top + view.height + overscanPx));
    const indexes = Array.from({ length: last - first + 1 }, (_, place) => first + place);
    if (pinned >= 0 && (pinned < first || pinned > last)) indexes.push(pinned);
    return indexes.map((index) => ({ index, top: edges[index] ?? 0, height: heights[index] ?? 0 }));
  }, [edges, heights, view, pinned]);

  return { rows, totalHeight: edges.at(-1) ?? 0, reveal };
}
