/** Runs at most one start per turn of the event loop. */
export type StartPacer = (start: () => void) => void;

/**
 * New connections are accepted once per turn. Were all that may run started in one turn, newcomers would wait for the
 * sum of their work before anybody even sees them.
 */
export function createStartPacer(): StartPacer {
  const starts: (() => void)[] = [];
  let isTurnTaken = false;
  const turn = (): void => {
    const start = starts.shift();
    if (start === undefined) {
      isTurnTaken = false;
      return;
    }
    setImmediate(turn);
    start();
  };
  return (start) => {
    if (isTurnTaken) {
      starts.push(start);
      return;
    }
    isTurnTaken = true;
    setImmediate(turn);
    start();
  };
}
