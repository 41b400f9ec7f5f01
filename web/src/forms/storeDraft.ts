// What a person types about a store, and what is wrong with it before the hub is asked.
import type { Store, StoreDraft } from "../api/type";

export type Typed = {
  name: string;
  kind: "prometheus" | "loki";
  url: string;
  region: string;
  tenant_header: string;
  tenant: string;
  authentication: "none" | "basic" | "bearer";
  username: string;
  secret: string;
  authorities_pem: string;
  reason: string;
};

export function typedOf(store: Store | undefined): Typed {
  return {
    name: store?.name ?? "",
    kind: store?.kind ?? "prometheus",
    url: store?.url ?? "",
    region: store?.region ?? "",
    tenant_header: store?.tenant_header ?? "X-Scope-OrgID",
    tenant: store?.tenant ?? "",
    authentication: store?.authentication ?? "none",
    username: store?.username ?? "",
    secret: "",
    authorities_pem: store?.authorities_pem ?? "",
    reason: "",
  };
}

/** Whether the secret that the hub has may stay: it never goes to another host. */
export function keepsSecret(typed: Typed, store: Store | undefined): boolean {
  if (!store || store.authentication !== typed.authentication) return false;
  return URL.canParse(typed.url) && new URL(typed.url).origin === new URL(store.url).origin;
}

export type Wrong = Partial<Record<keyof Typed, string>>;

export function wrongOf(typed: Typed, store: Store | undefined): Wrong {
  const wrong: Wrong = {};
  if (typed.name.trim() === "") wrong.name = "A name, such as metrics-eu";
  const url = URL.canParse(typed.url.trim()) ? new URL(typed.url.trim()) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol))
    wrong.url = "An address that begins with https:// or http://";
  else if (url.username || url.password) wrong.url = "User and password belong under Authentication";
  else if (url.search || url.hash) wrong.url = "The base of the API, without ? or #";
  if (typed.authentication === "basic" && typed.username.trim() === "") wrong.username = "The user";
  if (typed.authentication !== "none" && typed.secret === "" && !keepsSecret(typed, store)) {
    wrong.secret = store ? "Has to be given again: the host or the way changes" : "Has to be given";
  }
  return wrong;
}

/** What the hub is told; an empty field is left out. */
export function draftOf(typed: Typed, dryRun: boolean): StoreDraft {
  const given = (text: string) => text.trim() || undefined;
  return {
    name: typed.name.trim(),
    kind: typed.kind,
    url: typed.url.trim(),
    region: given(typed.region),
    tenant_header: given(typed.tenant_header),
    tenant: given(typed.tenant),
    authentication: typed.authentication,
    username: typed.authentication === "basic" ? given(typed.username) : undefined,
    secret: typed.authentication === "none" ? undefined : typed.secret || undefined,
    authorities_pem: given(typed.authorities_pem),
    dry_run: dryRun,
    reason: typed.reason.trim(),
  };
}
