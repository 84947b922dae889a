import type { Finding, TriageStatus } from '../../api/types.ts';

/** What the keys of the findings table do. */
export interface FindingKeys {
  readonly findings: readonly Finding[];
  readonly activeId: string | undefined;
  readonly onMove: (id: string) => void;
  readonly onToggle: (id: string) => void;
  readonly onDecide: (status: TriageStatus) => void;
  readonly onOpen: () => void;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
}

const decisions: Readonly<Record<string, TriageStatus>> = {
  c: 'confirmed',
  f: 'false_positive',
  a: 'accepted_risk',
  r: 'fixed',
  o: 'open',
};

const steps: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement && target.closest('input:not([type=checkbox]), textarea, select, dialog') !== null;

/** The key handler of the findings table: j/k move, x selects, c f a r o decide, / searches, ? explains. */
export function useFindingKeys(keys: FindingKeys): (event: React.KeyboardEvent) => void {
  return (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const isInTable = event.target instanceof HTMLElement && event.target.closest('[role=grid]') !== null;
    const step = steps[event.key];
    const decision = decisions[event.key];
    const { findings, activeId } = keys;
    if (step !== undefined && (isInTable || event.key.length === 1)) {
      const now = findings.findIndex(({ id }) => id === activeId);
      const next = findings[Math.min(findings.length - 1, Math.max(0, now + step))];
      if (next) keys.onMove(next.id);
    } else if (decision) keys.onDecide(decision);
    else if (
      (event.key === 'x' || (event.key === ' ' && isInTable && !(event.target instanceof HTMLInputElement))) &&
      activeId
    )
      keys.onToggle(activeId);
    else if (event.key === 'Enter' && isInTable) keys.onOpen();
    else if (event.key === '/') keys.onSearch();
    else if (event.key === '?') keys.onHelp();
    else return;
    event.preventDefault();
  };
}
