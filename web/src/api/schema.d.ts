// Written by hand from the contract until the hub's document exists; then generated.
type Query = Record<string, string | number | undefined>;
type Get<T, P = Record<string, never>> = {
  get: { parameters: { query?: Query; path: P }; responses: { 200: { content: { "application/json": T } } } };
};
type Post<B, T, P = Record<string, never>> = {
  post: {
    parameters: { path: P };
    requestBody: { content: { "application/json": B } };
    responses: { 200: { content: { "application/json": T } } };
  };
};
type Delete<P = Record<string, never>> = {
  delete: { parameters: { path: P }; requestBody?: { content: { "application/json": { reason?: string } } }; responses: { 200: { content: { "application/json": unknown } } } };
};
type Id = { id: string };
type S = components["schemas"];

export interface paths {
  "/api/v1/session": Get<S["Session"]> & Post<{ email: string; password: string }, S["Session"]> & Delete;
  "/api/v1/setup": Post<{ token: string; email: string; name: string; password: string }, S["Session"]>;
  "/api/v1/clusters": Get<{ items: S["Cluster"][]; next_cursor?: string | null; total: number }>;
  "/api/v1/clusters/{id}": Get<S["ClusterDetail"], Id>;
  "/api/v1/clusters/{id}/events": Get<{ items: S["Event"][]; next_cursor?: string | null }, Id>;
  "/api/v1/clusters/{id}/gauges": Get<S["GaugeHistory"], Id>;
  "/api/v1/clusters/{id}/accept": Post<Record<string, never>, unknown, Id>;
  "/api/v1/clusters/{id}/remove": Post<{ reason: string; force: boolean }, unknown, Id>;
  "/api/v1/attention": Get<{ items: S["Attention"][] }>;
  "/api/v1/join-tokens": Get<{ items: S["JoinToken"][] }> & Post<S["NewJoinToken"], S["JoinTokenSecret"]>;
  "/api/v1/join-tokens/{id}": Delete<Id>;
  "/api/v1/audit": Get<{ items: S["AuditEntry"][]; next_cursor?: string | null }>;
}

export interface components {
  schemas: {
    Session: {
      account: { id: string; email: string; name: string; role: string };
      hub: { version: string; status_every_seconds: number; started_at: string };
    };
    Cluster: {
      id: string;
      uid: string;
      name: string;
      region?: string | null;
      provider?: string | null;
      environment?: string | null;
      labels: Record<string, string>;
      state: string;
      state_reason?: string | null;
      state_message?: string | null;
      state_since: string;
      last_state?: string | null;
      accepted: boolean;
      simulated: boolean;
      kubernetes_version?: string | null;
      node_count?: number | null;
      operator_version?: string | null;
      template?: { pack: string; version: string } | null;
      flag?: { enabled: boolean; suspended: boolean; set_by?: string | null } | null;
      objects?: { applied: number; contested: number } | null;
      gauges: { [name in "agents_ready"|"agents_wanted"|"targets_up"|"targets_down"|"series"|"samples_per_second"|"remote_write_failures"|"agent_memory_bytes"|"agent_cpu_cores"]?: number | null } & { last_sample_at?: string | null };
      series_trend: [string, number | null][];
      enrolled_at: string;
      last_report_at?: string | null;
    };
    ClusterDetail: components["schemas"]["Cluster"] & {
      conditions: { type: string; status: string; reason: string; message: string; since?: string | null }[];
      problems: { place: string; message: string }[];
      instances: { id: string; first_seen_at: string; last_seen_at: string }[];
      capacity?: { cpu_cores?: number | null; memory_bytes?: number | null } | null;
    };
    Event: {
      id: string;
      at: string;
      kind: string;
      tone: string;
      sentence: string;
      who?: string | null;
      reason?: string | null;
    };
    GaugeHistory: { name: string; unit: string; points: [string, number | null][] };
    Attention: {
      key: string;
      tone: string;
      sentence: string;
      cause: { region?: string | null; provider?: string | null; version?: string | null };
      clusters: { id: string; name: string }[];
      since: string;
    };
    NewJoinToken: {
      name?: string;
      expires_in_seconds?: number;
      uses?: number;
      labels?: Record<string, string>;
      needs_acceptance?: boolean;
      reason?: string;
    };
    JoinTokenSecret: {
      id: string;
      name: string;
      token: string;
      command: { helm: string; kubectl: string };
      expires_at: string;
      uses_left: number;
    };
    JoinToken: {
      id: string;
      name: string;
      expires_at: string;
      uses_left: number;
      revoked_at?: string | null;
      created_at?: string | null;
      clusters: { id: string; name: string; state: string; enrolled_at: string }[];
    };
    AuditEntry: {
      id: string;
      at: string;
      who: string;
      action: string;
      subject: string;
      reason?: string | null;
      outcome: string;
    };
  };
}
