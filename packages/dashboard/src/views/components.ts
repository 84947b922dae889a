import type { ComponentHealth } from '@dataguardian/telemetry';
import type { Component } from '../api/overview.ts';
import type { Health } from '../history/catalogue.ts';
import type { FallbackWords } from '../sources.ts';

/** Remembers since when each component has its status. */
export interface ComponentWatch {
  /** Says whether a status changed. */
  observe(health: Health, at: number): boolean;
  list(health: Health, at: number): readonly Component[];
}

/** Creates a watch that has seen nothing yet. */
export function createComponentWatch(fallbacks: Readonly<Record<string, FallbackWords>>): ComponentWatch {
  const seen = new Map<string, { readonly status: ComponentHealth['status']; readonly since: number }>();
  const observe = (health: Health, at: number): boolean => {
    let changed = false;
    for (const [name, { status }] of Object.entries(health)) {
      const before = seen.get(name);
      if (before?.status === status) continue;
      seen.set(name, { status, since: at });
      changed ||= before !== undefined;
    }
    return changed;
  };
  return {
    observe,
    list(health, at) {
      observe(health, at);
      return Object.entries(health).map(([name, { status, detail }]) => {
        const words = status === 'up' ? undefined : fallbacks[name];
        return {
          name,
          status,
          detail,
          since: seen.get(name)?.since ?? at,
          fallback: words?.behaviour ?? null,
          remedy: words?.remedy ?? null,
        };
      });
    },
  };
}

/** Names of the components that a metric about components counts; empty for every other metric. */
export function describeComponents(metric: string, health: Health): string {
  const status = metric.startsWith('components.') ? metric.slice('components.'.length) : '';
  return Object.entries(health)
    .filter(([, component]) => component.status === status)
    .map(([name]) => name)
    .join(', ');
}
