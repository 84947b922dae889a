import { systemClock, type Clock } from '@dataguardian/telemetry';
import { createExpiryWheel } from '../expiry-wheel.ts';
import { TOMBSTONE_MS, type Blob, type BlobStore } from './blob-store.ts';

const STEP = 1_000;

/** Sessions of one process; they end with it. What expired is given back without a scan, whether it is read or not. */
export function createMemoryBlobs({ clock = systemClock }: { readonly clock?: Clock } = {}): BlobStore {
  const blobs = new Map<string, Blob>();
  const removed = new Set<string>();
  const wheel = createExpiryWheel();

  const giveBack = (): void => {
    for (const key of wheel.takeDue(clock.now(), STEP)) {
      const [kind, id] = [key[0], key.slice(1)];
      if (kind === 'r') {
        removed.delete(id);
        continue;
      }
      const blob = blobs.get(id);
      if (blob === undefined) continue;
      if (blob.expiresAt <= clock.now()) blobs.delete(id);
      else wheel.add(key, blob.expiresAt);
    }
  };
  const live = (id: string): Blob | undefined => {
    const blob = blobs.get(id);
    return blob !== undefined && blob.expiresAt > clock.now() ? blob : undefined;
  };
  const put = (id: string, blob: Blob): void => {
    giveBack();
    if (!blobs.has(id)) wheel.add(`b${id}`, blob.expiresAt);
    blobs.set(id, blob);
  };
  const bodies = (): string[] => [...blobs.keys()].flatMap((id) => live(id)?.body ?? []);

  return {
    read: (id) => Promise.resolve(live(id)),
    write(id, body, expiresAt) {
      if (!removed.has(id)) put(id, { body, expiresAt });
      return Promise.resolve();
    },
    touch(id, expiresAt) {
      const blob = live(id);
      if (blob !== undefined) put(id, { body: blob.body, expiresAt });
      return Promise.resolve();
    },
    remove(id) {
      blobs.delete(id);
      removed.add(id);
      wheel.add(`r${id}`, clock.now() + TOMBSTONE_MS);
      giveBack();
      return Promise.resolve();
    },
    all: () => Promise.resolve(bodies()),
    count: () => Promise.resolve(bodies().length),
    clear() {
      blobs.clear();
      return Promise.resolve();
    },
  };
}
