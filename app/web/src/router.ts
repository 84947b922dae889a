import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { CrashedPage, NotFoundPage } from './pages/fallback-pages.tsx';
import { parseFindingFilters } from './pages/findings/finding-filters.ts';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage, errorComponent: CrashedPage });

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
});

const scans = createRoute({
  getParentRoute: () => root,
  path: '/scans',
  component: lazyRouteComponent(() => import('./pages/scans/scans-page.tsx'), 'ScansPage'),
});

const newScan = createRoute({
  getParentRoute: () => root,
  path: '/scans/new',
  component: lazyRouteComponent(() => import('./pages/new-scan/new-scan-page.tsx'), 'NewScanPage'),
});

const scan = createRoute({
  getParentRoute: () => root,
  path: '/scans/$scanId',
  validateSearch: parseFindingFilters,
  component: lazyRouteComponent(() => import('./pages/scan/scan-page.tsx'), 'ScanPage'),
});

const findings = createRoute({
  getParentRoute: () => root,
  path: '/findings',
  validateSearch: parseFindingFilters,
  component: lazyRouteComponent(() => import('./pages/findings/findings-page.tsx'), 'FindingsPage'),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: lazyRouteComponent(() => import('./pages/reports/reports-page.tsx'), 'ReportsPage'),
});

const users = createRoute({
  getParentRoute: () => root,
  path: '/admin/users',
  component: lazyRouteComponent(() => import('./pages/users/users-page.tsx'), 'UsersPage'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/admin/activity',
  component: lazyRouteComponent(() => import('./pages/activity/activity-page.tsx'), 'ActivityPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/admin/settings',
  component: lazyRouteComponent(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account/account-page.tsx'), 'AccountPage'),
});

const routeTree = root.addChildren([
  overview,
  scans,
  newScan,
  scan,
  findings,
  reports,
  users,
  activity,
  settings,
  account,
]);

/** The application's addresses and the page behind each; a page's code is fetched when it is first wanted. */
export function createAppRouter() {
  return createRouter({ routeTree, defaultPreload: 'intent', defaultPendingMs: 400 });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
