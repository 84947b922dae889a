import { countShared, trace, type Moving } from './lane-lines.ts';

/** A canvas over a drawn chart, on which its lines move. */
export interface FastLane {
  readonly node: HTMLCanvasElement;
  draw(moving: Moving): void;
}

const STROKE = 1.75;

/**
 * Moves the lines of a chart without the library, whose redraw costs 12 to 18 ms whatever the number of points. A bitmap
 * over the library's axes: nothing for the browser to parse, style or lay out. A second moves what is there by whole
 * pixels and draws the new end, because stroking 600 points is what costs most; so the lines lag behind their exact place
 * by less than a pixel. Only valid while both axes stay as they are.
 */
export function createFastLane(): FastLane {
  const node = document.createElement('canvas');
  node.className = 'lane';
  node.setAttribute('aria-hidden', 'true');
  const context = node.getContext('2d');
  let former: { readonly moving: Moving; readonly shift: number } | undefined;

  const draw = (moving: Moving): void => {
    if (context === null) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(moving.width * ratio), Math.round(moving.height * ratio)];
    if (node.width !== wide || node.height !== high) {
      node.width = wide;
      node.height = high;
      former = undefined;
    }
    const [from, to] = moving.span;
    const perX = wide / (to - from);
    const shift = Math.floor(to * perX) - wide;
    const scale = { perX, perY: high / moving.top, shift, high };
    const overlap = former === undefined ? 0 : countShared(former.moving, moving);
    let begin = 0;
    let dirtyFrom = 0;
    if (former !== undefined && overlap > 0) {
      const moved = shift - former.shift;
      if (moved > 0) {
        context.globalCompositeOperation = 'copy';
        context.drawImage(node, -moved, 0);
        context.globalCompositeOperation = 'source-over';
      }
      // The last point joins differently now that another follows.
      const joint = (moving.xs[overlap - 1] ?? from) * perX - shift;
      dirtyFrom = Math.max(0, Math.floor(joint - 2 * STROKE * ratio));
      begin = overlap - 1;
      while (begin > 0 && (moving.xs[begin] ?? 0) * perX - shift > dirtyFrom - 2 * STROKE * ratio) begin -= 1;
    }
    context.clearRect(dirtyFrom, 0, wide - dirtyFrom, high);
    context.save();
    context.beginPath();
    context.rect(dirtyFrom, 0, wide - dirtyFrom, high);
    context.clip();
    context.lineWidth = STROKE * ratio;
    context.lineJoin = 'round';
    for (const [index, values] of moving.lines.entries()) {
      context.beginPath();
      trace(context, moving.xs, values, { ...scale, begin });
      context.strokeStyle = moving.colours[index % moving.colours.length] ?? '';
      context.stroke();
    }
    context.restore();
    former = { moving, shift };
  };
  return { node, draw };
}
