// oxlint-disable no-underscore-dangle -- the library's names
import type { PlotNode } from '../plot.ts';

/** Left and right end of what is shown, in the unit of the points. */
export type Span = readonly [from: number, to: number];

const TENTHS = 10;

/**
 * Moves the lines of a drawn chart by writing their paths, without the library: a tick then costs about as much as in
 * the leanest chart libraries, where a redraw by the library costs 12 to 18 ms whatever the number of points.
 *
 * Only valid while both axes stay as they are. Relies on two things that the library does not document (the class of its
 * lines and the length of its axes), hence the answer, and the test that compares with the library's own path.
 * @returns whether every line was found; if not, let the library draw
 */
export function moveLines(
  node: PlotNode,
  xs: readonly number[],
  lines: readonly (readonly (number | null)[])[],
  span: Span,
): boolean {
  const axes = node._fullLayout;
  const traces = node.querySelectorAll('.scatterlayer > .trace');
  if (axes === undefined || traces.length !== lines.length) return false;
  const { xaxis, yaxis } = axes;
  const perX = xaxis._length / (span[1] - span[0]);
  const perY = yaxis._length / (yaxis.range[1] - yaxis.range[0]);
  const paths = lines.map((values) =>
    toPath(
      xs,
      values,
      (x) => (x - span[0]) * perX,
      (y) => (yaxis.range[1] - y) * perY,
    ),
  );
  for (const [index, trace] of traces.entries())
    if (paths[index] !== '' && trace.querySelector('.js-line') === null) return false;
  for (const [index, trace] of traces.entries())
    for (const [place, line] of trace.querySelectorAll('.js-line').entries())
      // The library draws each stretch between two gaps as a path of its own; here the first one holds them all.
      line.setAttribute('d', place === 0 ? paths[index] || 'M0,0' : 'M0,0');
  return true;
}

/** One path, broken where nothing was measured; a lone point becomes a line of a pixel. */
export function toPath(
  xs: readonly number[],
  ys: readonly (number | null)[],
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  let path = '';
  let isDown = false;
  for (let index = 0; index < ys.length; index += 1) {
    const y = ys[index];
    if (y === null || y === undefined) {
      isDown = false;
      continue;
    }
    path += `${isDown ? 'L' : 'M'}${round(toX(xs[index] ?? 0))},${round(toY(y))}`;
    if (!isDown && typeof ys[index + 1] !== 'number') path += 'h1';
    isDown = true;
  }
  return path;
}

function round(pixels: number): number {
  return Math.round(pixels * TENTHS) / TENTHS;
}
