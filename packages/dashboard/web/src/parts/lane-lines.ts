type Values = readonly (number | null)[];

/** What the lane draws: lines over one span, on an axis that begins at zero. */
export interface Moving {
  readonly xs: readonly number[];
  readonly lines: readonly Values[];
  /** Left and right end, in the unit of the points. */
  readonly span: readonly [from: number, to: number];
  readonly top: number;
  readonly colours: readonly string[];
  /** Of the drawing area, in pixels of the page. */
  readonly width: number;
  readonly height: number;
}

/** A lone point is a dot of so many pixels. */
const DOT = 1;

/** How points become pixels of the bitmap: `x * perX - shift`, `high - y * perY`. */
export interface Scale {
  readonly perX: number;
  readonly perY: number;
  readonly shift: number;
  readonly high: number;
}

/**
 * How many points of `next`, from its first, are those that `former` ends with; none when anything else has changed,
 * so that everything is drawn again.
 */
export function countShared(former: Moving, next: Moving): number {
  const isSameFrame =
    former.top === next.top &&
    former.width === next.width &&
    former.lines.length === next.lines.length &&
    former.colours.join() === next.colours.join() &&
    former.span[1] - former.span[0] === next.span[1] - next.span[0] &&
    next.span[1] >= former.span[1];
  const gone = former.xs.indexOf(next.xs[0] ?? Number.NaN);
  const shared = former.xs.length - gone;
  if (!isSameFrame || gone === -1 || shared > next.xs.length) return 0;
  for (let index = 0; index < shared; index += 1) if (former.xs[gone + index] !== next.xs[index]) return 0;
  for (const [line, values] of next.lines.entries())
    for (let index = 0; index < shared; index += 1) if (former.lines[line]?.[gone + index] !== values[index]) return 0;
  return shared;
}

/** What a line is drawn with; a canvas has it. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** One line from its point `begin` on, broken where nothing was measured. */
export function trace(
  pen: Pen,
  xs: readonly number[],
  ys: Values,
  { perX, perY, shift, high, begin }: Scale & { readonly begin: number },
): void {
  let isDown = false;
  for (let index = begin; index < ys.length; index += 1) {
    const value = ys[index];
    if (value === null || value === undefined) {
      isDown = false;
      continue;
    }
    const x = (xs[index] ?? 0) * perX - shift;
    const y = high - value * perY;
    if (isDown) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      if (typeof ys[index + 1] !== 'number') pen.lineTo(x + DOT, y);
    }
    isDown = true;
  }
}
