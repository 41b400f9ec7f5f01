// Every page with its address; what must survive between pages lives in the address too.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { asProblem } from "./api/problem";
import { queryClient, sessionQuery } from "./api/query";
import { FleetPage } from "./pages/FleetPage";
import { Lost } from "./pages/Lost";
import { NoSuchPage } from "./pages/NoSuchPage";
import { level, type SeriesSearch } from "./pages/series/level";
import { type FleetSearch, text, textLists } from "./search";
import { Frame } from "./ui/frame/Frame";

type Scope = { provider?: string; region?: string; range?: string };

const root = createRootRoute({ notFoundComponent: NoSuchPage });

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Frame,
  errorComponent: Lost,
  validateSearch: (raw: Record<string, unknown>): Scope => ({
    provider: text(raw.provider),
    region: text(raw.region),
    range: text(raw.range),
  }),
  search: { middlewares: [retainSearchParams(["provider", "region", "range"])] },
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery);
    } catch (thrown) {
      // An address from an alert survives the sign-in.
      if (asProblem(thrown).status === 401) throw redirect({ to: "/sign-in", search: { next: location.href } });
      throw thrown;
    }
  },
});

const fleet = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: FleetPage,
  validateSearch: (raw: Record<string, unknown>): FleetSearch => ({
    view: raw.view === "table" || raw.view === "graph" ? raw.view : undefined,
    unwell: raw.unwell ? true : undefined,
    state: text(raw.state),
    q: text(raw.q),
    sort: text(raw.sort),
    columns: text(raw.columns),
  }),
});

const cluster = createRoute({
  getParentRoute: () => signedIn,
  path: "/cluster/$id",
  component: lazyRouteComponent(() => import("./pages/ClusterPage"), "ClusterPage"),
  validateSearch: (raw: Record<string, unknown>): { kind?: string } => ({ kind: text(raw.kind) }),
});

const dashboard = createRoute({
  getParentRoute: () => signedIn,
  path: "/cluster/$id/dashboards/$name",
  component: lazyRouteComponent(() => import("./pages/DashboardPage"), "DashboardPage"),
  validateSearch: (raw: Record<string, unknown>): { vars?: Record<string, string[]> } => ({
    vars: textLists(raw.vars),
  }),
});

const add = createRoute({
  getParentRoute: () => signedIn,
  path: "/add",
  component: lazyRouteComponent(() => import("./pages/AddPage"), "AddPage"),
  validateSearch: (raw: Record<string, unknown>): { token?: string } => ({ token: text(raw.token) }),
});

const series = createRoute({
  getParentRoute: () => signedIn,
  path: "/series",
  component: lazyRouteComponent(() => import("./pages/SeriesPage"), "SeriesPage"),
  validateSearch: (raw: Record<string, unknown>): SeriesSearch => ({
    by: level(raw.by),
    cluster: text(raw.cluster),
    team: text(raw.team),
    metric: text(raw.metric),
    job: text(raw.job),
  }),
});

const budgets = createRoute({
  getParentRoute: () => signedIn,
  path: "/budgets",
  component: lazyRouteComponent(() => import("./pages/BudgetsPage"), "BudgetsPage"),
});

const changes = createRoute({
  getParentRoute: () => signedIn,
  path: "/changes",
  component: lazyRouteComponent(() => import("./pages/ChangesPage"), "ChangesPage"),
  validateSearch: (raw: Record<string, unknown>): { change?: string } => ({ change: text(raw.change) }),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/audit",
  component: lazyRouteComponent(() => import("./pages/AuditPage"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => signedIn,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/SettingsPage"), "SettingsPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./pages/SignInPage"), "SignInPage"),
  validateSearch: (raw: Record<string, unknown>): { next?: string } => ({ next: text(raw.next) }),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  component: lazyRouteComponent(() => import("./pages/SetupPage"), "SetupPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signedIn.addChildren([fleet, cluster, dashboard, add, series, budgets, changes, audit, settings]),
    signIn,
    setup,
  ]),
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
