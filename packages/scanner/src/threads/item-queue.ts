/** Items on their way from several producers to one consumer. */
export interface ItemQueue<Item> {
  push(items: readonly Item[], onTaken: () => void): void;
  end(): void;
  fail(error: unknown): void;
  /** The items in order of arrival, until the end. @throws what `fail` was told, after the items before it. */
  drain(): AsyncGenerator<Item>;
}

/** Makes an empty queue. */
export function createItemQueue<Item>(): ItemQueue<Item> {
  const batches: { readonly items: readonly Item[]; readonly onTaken: () => void }[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  return {
    push(items, onTaken) {
      batches.push({ items, onTaken });
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    fail(error) {
      failure ??= { error };
      wake?.();
    },
    async *drain() {
      for (;;) {
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          yield* batch.items;
          batch.onTaken();
        }
        if (failure) throw failure.error;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
