/** Where the product stands on its way up. */
export interface Startup {
  isReady(): boolean;
  /** What is being waited for, for a person. */
  detail(): string;
  report(detail: string): void;
  finish(): void;
}

/** Begins as not ready. */
export function createStartup(): Startup {
  let ready = false;
  let detail = 'starting';
  return {
    isReady: () => ready,
    detail: () => detail,
    report(next) {
      detail = next;
    },
    finish() {
      ready = true;
    },
  };
}
