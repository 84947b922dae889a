import type { BaselineState, Profiler } from '@dataguardian/profiler';
import type { Clock } from '@dataguardian/telemetry';

/** Where what is usual at each hour outlives the process. */
export interface BaselineStore {
  /** What was saved last; `undefined` the first time. */
  load(): Promise<BaselineState | undefined>;
  save(state: BaselineState): Promise<void>;
}

/** What the keeper works with. */
export interface BaselineKeeperParts {
  readonly profiler: Pick<Profiler, 'baseline' | 'learn'>;
  readonly store: BaselineStore;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** An hour's value is known when the hour is over; more often tells nothing new. */
const SAVE_EVERY_MS = 15 * 60_000;

/** Lets the profiler know what other days were like, and saves what it learns. The returned function saves and ends. */
export function keepBaseline({ profiler, store, clock, onFault }: BaselineKeeperParts): () => Promise<void> {
  const loading = store
    .load()
    .then((state) => {
      if (state !== undefined) profiler.learn(state);
      return true;
    })
    .catch((error: unknown) => {
      onFault(error);
      return false;
    });
  const save = async (): Promise<void> => {
    try {
      // What could not be read must not be written over.
      if (await loading) await store.save(profiler.baseline());
    } catch (error) {
      onFault(error);
    }
  };
  const saving = clock.repeat(SAVE_EVERY_MS, () => void save());
  return async () => {
    saving.cancel();
    await save();
  };
}
