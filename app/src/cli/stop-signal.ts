/** Aborted when this process is asked to end: by a signal, or because the process that started it is gone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const end = (): void => stop.abort(new Error('stopping'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('disconnect', end);
  return stop.signal;
}
