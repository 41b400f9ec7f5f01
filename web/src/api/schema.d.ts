// Generated from the hub's openapi.json by `npm run generate`.
export interface paths {
    "/agent/v1/enroll": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A cluster joins, or joins again. */
        post: operations["post_agent_enroll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent/v1/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The certificates that clusters are to trust, signed by the key that join tokens pin. */
        get: operations["get_agent_trust"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent/v1/desired": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is wanted of the cluster. */
        get: operations["get_agent_desired"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How a cluster is. */
        post: operations["post_agent_status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agent/v1/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How many series a cluster's meter counted in an hour. */
        post: operations["post_agent_series"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes the first account, by the one-time link that the hub printed, and signs it in. */
        post: operations["post_setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["get_session"];
        put?: never;
        /** Signs in. */
        post: operations["post_session"];
        /** Signs out. */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of clusters. */
        get: operations["get_clusters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A cluster with everything that is known of it. */
        get: operations["get_clusters_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of a cluster's timeline, newest first. */
        get: operations["get_clusters_id_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/gauges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of a cluster's gauges over time. */
        get: operations["get_clusters_id_gauges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accepts a cluster that waits. */
        post: operations["post_clusters_id_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Orders a cluster to take everything away. */
        post: operations["post_clusters_id_remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/dashboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The packs' dashboards, and the stores that hold the cluster. */
        get: operations["get_clusters_id_dashboards"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/dashboards/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dashboard as Grafana's model of it. */
        get: operations["get_clusters_id_dashboards_name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the cluster's store. Every selector is confined to the cluster; nothing is ever written to a store. */
        post: operations["post_clusters_id_query"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/store-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The names of all telemetry stores and how they fare. */
        get: operations["get_store_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All telemetry stores, without their secrets. */
        get: operations["get_stores"];
        put?: never;
        /** Adds a store. With `dry_run` it is only tried, and the answer is that of a check. */
        post: operations["post_stores"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stores/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes a store that is as `If-Match` says. With `dry_run` the change is only tried. */
        put: operations["put_stores_id"];
        post?: never;
        /** Removes a store from the hub. Nothing in the store is touched. */
        delete: operations["delete_stores_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stores/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a store whether it answers, and of which clusters it has data. */
        post: operations["post_stores_id_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Series now, by what they have in common. Clusters that are not known are named, and are in no number. */
        get: operations["get_series"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series/metrics/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One metric: what its labels cost, whose it is, who sends it, and where. */
        get: operations["get_series_metrics_name"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Series over time. What is not known is `null`, and each point says of how many clusters it is. */
        get: operations["get_series_trend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series/distinct": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many different series there were within some time; none is counted twice. */
        get: operations["get_series_distinct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All regions with clusters. */
        get: operations["get_regions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What needs attention, grouped by common cause. */
        get: operations["get_attention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All budgets of which one may see every cluster. */
        get: operations["get_budgets"];
        put?: never;
        /** Makes a budget. One that is over at once has to be confirmed. */
        post: operations["post_budgets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them, with the messages about it. */
        get: operations["get_budgets_id"];
        /** Changes a budget that is as `If-Match` says. */
        put: operations["put_budgets_id"];
        post?: never;
        /** Removes a budget that is as `If-Match` says, with its history. No series change. */
        delete: operations["delete_budgets_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them over time: series by hour, changes of its state, messages. */
        get: operations["get_budgets_id_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a budget watch again: its clusters let every series through from then on. It needs no `If-Match`: who stops a refusal means it,
         *     however the budget changed meanwhile.
         */
        post: operations["post_budgets_id_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom the hub tells of budgets; those that one may change. */
        get: operations["get_notification_targets"];
        put?: never;
        /** Adds a target. */
        post: operations["post_notification_targets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-targets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a target, and what waits for it. */
        delete: operations["delete_notification_targets_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notification-targets/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a target a message that says that this is a test. */
        post: operations["post_notification_targets_id_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All join tokens of the last 90 days, without their secrets. */
        get: operations["get_join_tokens"];
        put?: never;
        /** Makes a join token; its text is told this once. */
        post: operations["post_join_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/join-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a join token back. Clusters that joined by it stay. */
        delete: operations["delete_join_tokens_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All accounts. */
        get: operations["get_accounts"];
        put?: never;
        /** Makes an account. */
        post: operations["post_accounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters/{id}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What holds on one cluster: each layer's word on each value, and where the flag says otherwise. */
        get: operations["get_clusters_id_values"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All layers. */
        get: operations["get_layers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layers/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Writes a layer whole. `If-Match` is the layer's etag; left out where there is no such layer yet. */
        put: operations["put_layers_kind_name"];
        post?: never;
        /** Takes a layer away: clusters have what the other layers say. */
        delete: operations["delete_layers_kind_name"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes, those that are open first, then the newest. */
        get: operations["get_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Freezes all that run. */
        post: operations["post_changes_freeze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A change with its batches. */
        get: operations["get_changes_id"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Nothing more of it is released until it is resumed. */
        post: operations["post_changes_id_freeze"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It goes on, after it was frozen or halted. */
        post: operations["post_changes_id_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes it back: at once what an open one has released; by another change, in batches, one that is done. */
        post: operations["post_changes_id_undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes an account away, with its sessions, grants and API tokens. */
        delete: operations["delete_accounts_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an account another role in the whole fleet. */
        post: operations["post_accounts_id_role"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives an account a role within a scope. */
        post: operations["post_accounts_id_grants"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{id}/grants/{grant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a grant back. */
        delete: operations["delete_accounts_id_grants_grant"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The teams of which one may see clusters. */
        get: operations["get_teams"];
        put?: never;
        /** Makes a team. */
        post: operations["post_teams"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a team away, with the grants and API tokens that are for it. No cluster changes. */
        delete: operations["delete_teams_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens, everybody's for an administrator, without their secrets. */
        get: operations["get_tokens"];
        put?: never;
        /** Makes a token for a program; its text is told this once. It may no more than its maker, now and later. */
        post: operations["post_tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a token back: the next call by it is refused. */
        delete: operations["delete_tokens_id"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of the audit log, newest first. */
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compares the audit log with its seals, a stretch of it at a time. */
        get: operations["get_audit_verification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: `cluster`, `gone`, `timeline`, `budget`, and a `ping` each 5 seconds. */
        get: operations["get_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Both surfaces as OpenAPI. */
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description An account as it is shown. */
        Account: {
            /** @description Its address. */
            email: string;
            /** @description What they may do in parts of it. */
            grants: components["schemas"]["Grant"][];
            /** @description Names the account. */
            id: string;
            /** @description As the person is called. */
            name: string;
            /** @description What they may do in the whole fleet. */
            role: components["schemas"]["Role"];
        };
        /** @description All accounts. */
        Accounts: {
            /** @description By address. */
            items: components["schemas"]["Account"][];
        };
        /** @description Who aggregates labels away, and what comes of it. */
        Aggregating: {
            /** @description Clusters that aggregate. */
            clusters: components["schemas"]["Named"][];
            /**
             * Format: int64
             * @description Active series that they take in.
             */
            inputs: number;
            /** @description Metrics that keep such labels, by name, ten at most. */
            kept: components["schemas"]["KeptMetric"][];
            /** @description The labels that they were ordered to aggregate away. */
            labels: string[];
            /**
             * Format: int64
             * @description Active series that they send in their place.
             */
            outputs: number;
        };
        /** @description A token without its secret. */
        ApiToken: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: date-time
             * @description Until when it is good.
             */
            expires_at: string;
            /** @description Names the token. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used, give or take a minute.
             */
            last_used_at?: string | null;
            /** @description A person's name for it. */
            name: string;
            /**
             * Format: date-time
             * @description When it was taken back.
             */
            revoked_at?: string | null;
            /** @description What it may do: no more than its maker. */
            role: components["schemas"]["Role"];
            /** @description With which clusters. */
            scope: components["schemas"]["Scope"];
        };
        /** @description Tokens of programs. */
        ApiTokens: {
            /** @description Newest first. */
            items: components["schemas"]["ApiToken"][];
        };
        /** @description All lines. */
        Attention: {
            /** @description Most clusters first. */
            items: components["schemas"]["Line"][];
        };
        /** @description A page of the audit log. */
        AuditPage: {
            /** @description Newest first. */
            items: components["schemas"]["Entry"][];
            /** @description Where the next page begins; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description Something that is not as it was sealed. */
        AuditProblem: {
            /**
             * Format: int64
             * @description Which entry.
             */
            entry?: number | null;
            /** @description `entry_changed`, `entry_removed`, `entry_added`, `seal_changed`, `seal_removed` or `other_key`. */
            kind: string;
            /**
             * Format: int64
             * @description Which seal.
             */
            seal: number;
            /** @description What, as a sentence. */
            sentence: string;
        };
        /**
         * @description How a store knows who asks.
         * @enum {string}
         */
        Authentication: "none" | "basic" | "bearer";
        BTreeMap: {
            [key: string]: string;
        };
        /** @description Clusters that are released together. */
        Batch: {
            /** @description By name. */
            clusters: components["schemas"]["ChangeCluster"][];
            /**
             * Format: int32
             * @description From 1.
             */
            number: number;
        };
        /** @description Why a person does something. */
        Because: {
            /** @description Only says what would be done: 200 with `effect`. */
            dry_run?: boolean;
            /** @description For the audit log and the timeline. */
            reason?: string;
        };
        /** @description A budget. */
        Budget: {
            /** @description What is done past its limits. */
            act: components["schemas"]["BudgetAct"];
            /** @description Labels that counters lose from the soft limit on; empty where it aggregates nothing. */
            aggregate_labels: string[];
            aggregating?: components["schemas"]["Aggregating"] | null;
            /**
             * Format: date-time
             * @description When its settings were changed last.
             */
            changed_at: string;
            /** @description Whose series these are. */
            clusters: components["schemas"]["BudgetClusters"];
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            enforces?: components["schemas"]["BudgetEnforces"] | null;
            /** @description What a change has to send as `If-Match`. */
            etag: string;
            forecast?: components["schemas"]["Forecast"] | null;
            /** @description What is to be expected, or why that is not known. */
            forecast_says: string;
            /** @description What grew most before the last change of state, three at most. */
            grew: components["schemas"]["Growth"][];
            /**
             * Format: int64
             * @description From so many series on it is over; null where it never is.
             */
            hard_series?: number | null;
            /** @description Names it. */
            id: string;
            last_event?: components["schemas"]["BudgetEvent"] | null;
            /**
             * Format: double
             * @description Series that are left, below 0 where it is over.
             */
            left?: number | null;
            /**
             * Format: date-time
             * @description When the last look was.
             */
            looked_at: string;
            /** @description A person's name for it. */
            name: string;
            /** @description Whose it is. */
            owner: components["schemas"]["BudgetOwner"];
            /** @description Why it is as it is. */
            reason: string;
            refusing?: components["schemas"]["Refusing"] | null;
            /** @description What it is for. */
            scope: components["schemas"]["BudgetScope"];
            /** @description The same in words, with the cluster's name. */
            scope_shown: string;
            series?: components["schemas"]["SeriesNumber"] | null;
            /**
             * Format: double
             * @description Part of the hard limit, or of the soft one where there is no other; 1 is all of it.
             */
            share?: number | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /**
             * Format: int64
             * @description From so many series on there is a warning.
             */
            soft_series: number;
            /** @description How it stands. */
            state: components["schemas"]["BudgetState"];
            /** @description Budgets whose scope contains this one's, by name; those that one may see. */
            within: components["schemas"]["OuterBudget"][];
        };
        /**
         * @description What is done past a budget's limits.
         * @enum {string}
         */
        BudgetAct: "watch" | "aggregate" | "refuse";
        /** @description Clusters in a number. */
        BudgetClusters: {
            /**
             * Format: int64
             * @description Those that counted.
             */
            counted: number;
            /**
             * Format: int64
             * @description Those that it is for.
             */
            of: number;
        };
        /** @description A budget with its messages. */
        BudgetDetail: components["schemas"]["Budget"] & {
            /** @description Newest first, at most a hundred. */
            notices: components["schemas"]["Notice"][];
            /** @description What each of its clusters was ordered, and how that stands to it; none where it only watches. */
            orders: components["schemas"]["BudgetOrdered"][];
        };
        /** @description What a person says of a budget. */
        BudgetDraft: {
            /** @description What is done past its limits; left out, nothing but to tell. */
            act?: components["schemas"]["BudgetAct"];
            /**
             * @description Labels that counters are to lose from the soft limit on, 20 at most: with `act: aggregate` they are needed, with `act: refuse` they
             *     are aggregated away before anything is refused.
             */
            aggregate_labels?: string[];
            /** @description It is meant, though it is over already. */
            confirmed?: boolean;
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /**
             * Format: int64
             * @description From so many series on it is over; left out, it never is.
             */
            hard_series?: number | null;
            /** @description A name for it. */
            name: string;
            /** @description Whose it is. */
            owner?: components["schemas"]["BudgetOwner"];
            /** @description Why; kept with it and in the audit log. Has to be given, but for a dry run. */
            reason?: string;
            /** @description What it is for; left out, the whole fleet. */
            scope?: components["schemas"]["BudgetScope"];
            /**
             * Format: int64
             * @description From so many series on there is a warning.
             */
            soft_series: number;
        };
        /**
         * @description What is done for a budget now, from mild to hard.
         * @enum {string}
         */
        BudgetEnforces: "aggregate" | "refuse";
        /** @description A change of state. */
        BudgetEvent: {
            aggregating?: components["schemas"]["Aggregating"] | null;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The state before. */
            before: components["schemas"]["BudgetState"];
            /** @description What grew most since `grew_since`, three at most. */
            grew: components["schemas"]["Growth"][];
            /**
             * Format: date-time
             * @description A time in the state before, a day ago at most.
             */
            grew_since?: string | null;
            /**
             * Format: int64
             * @description Grows with time.
             */
            id: number;
            refusing?: components["schemas"]["Refusing"] | null;
            /** @description The change in a sentence. */
            sentence: string;
            /**
             * Format: double
             * @description What was counted; null where no cluster counted.
             */
            series?: number | null;
            /** @description The state from then on. */
            state: components["schemas"]["BudgetState"];
            /** @description Who set other limits; `hub` where the series changed. */
            who: string;
        };
        /** @description A budget over time. */
        BudgetHistory: {
            /** @description Newest first. */
            changes: components["schemas"]["BudgetEvent"][];
            /** @description Newest first. */
            notices: components["schemas"]["Notice"][];
            /** @description Each hour since the first that is known, oldest first. */
            points: components["schemas"]["BudgetPoint"][];
            /**
             * Format: int64
             * @description The step of `points`.
             */
            step_seconds: number;
        };
        /** @description A cluster's part of a budget. */
        BudgetOrdered: {
            /**
             * Format: double
             * @description Active series, as its meter counts them.
             */
            active?: number | null;
            /**
             * Format: int64
             * @description Samples that it took in, in this clock hour.
             */
            aggregated_samples: number;
            /**
             * Format: date-time
             * @description Since when its meter aggregates; null where it does not, or does not say so.
             */
            aggregating_since?: string | null;
            /** @description The cluster. */
            cluster: components["schemas"]["Named"];
            /** @description Whether that still says how it is. */
            fresh: boolean;
            /**
             * Format: int64
             * @description From so many series on it aggregates labels away: as much of its part as the soft limit is of the hard one; null where it is to
             *     aggregate none.
             */
            from?: number | null;
            /**
             * Format: date-time
             * @description When its meter last said how it stands to this budget; null where none did.
             */
            heard_at?: string | null;
            /**
             * Format: int64
             * @description Active series that it takes in.
             */
            inputs: number;
            /** @description Metrics that keep such labels, by name, ten at most. */
            kept: components["schemas"]["KeptMetric"][];
            /**
             * Format: int64
             * @description The limit that its meter keeps: another than `limit` while the order is on its way.
             */
            kept_limit?: number | null;
            /** @description The labels that it is to aggregate away. */
            labels: string[];
            /**
             * Format: int64
             * @description Of those, samples that came after a later one of the same series: they change nothing.
             */
            late_samples: number;
            /**
             * Format: int64
             * @description Series past the limit that were let through, because a rollout may double what was there.
             */
            let_through: number;
            /**
             * Format: int64
             * @description Series that it may have: its part of the hard limit, or of the soft one where there is no other.
             */
            limit: number;
            /**
             * Format: date-time
             * @description Since when it is ordered so.
             */
            ordered_at: string;
            /**
             * Format: int64
             * @description Active series that it sends in their place.
             */
            outputs: number;
            /** @description What was refused in this clock hour, the most first, ten at most. */
            refused: components["schemas"]["RefusedSeries"][];
            /**
             * Format: int64
             * @description Samples that were refused in this clock hour.
             */
            refused_samples: number;
            /**
             * Format: double
             * @description Different series that were refused in this clock hour: an estimate.
             */
            refused_series: number;
            /**
             * Format: date-time
             * @description Since when.
             */
            since?: string | null;
            /** @description `watching`, `learning`, `letting_through`, `aggregating`, `refusing`, `unable`, or a word of a newer meter; null where it said nothing. */
            state?: string | null;
            /** @description Why nothing is done where something should be; empty otherwise. */
            why: string;
        };
        /** @description Whose a budget is. */
        BudgetOwner: {
            /**
             * @description Who is told by e-mail when its state changes.
             * @default []
             */
            emails: string[];
            /**
             * @description A person or a team.
             * @default
             */
            name: string;
        };
        /** @description One hour. */
        BudgetPoint: {
            /**
             * Format: date-time
             * @description Its start.
             */
            at: string;
            /**
             * Format: int64
             * @description Clusters that counted.
             */
            counted: number;
            /**
             * Format: int64
             * @description Clusters that it was for.
             */
            of: number;
            /**
             * Format: double
             * @description The most that was counted in it; null where nothing was.
             */
            series?: number | null;
        };
        /** @description Which series. All that is given has to hold; nothing given is the whole fleet. */
        BudgetScope: {
            /**
             * @description Of this cluster, by its id.
             * @default null
             */
            cluster: string | null;
            /**
             * @description Of this metric.
             * @default null
             */
            metric: string | null;
            /**
             * @description Of clusters at this provider.
             * @default null
             */
            provider: string | null;
            /**
             * @description Of clusters in this region.
             * @default null
             */
            region: string | null;
            /**
             * @description Of this team, as the meters tell teams apart.
             * @default null
             */
            team: string | null;
        };
        /**
         * @description How a budget stands, from good to bad.
         * @enum {string}
         */
        BudgetState: "unknown" | "ok" | "warning" | "over" | "enforcing";
        /** @description All budgets. */
        Budgets: {
            /** @description By name. */
            items: components["schemas"]["Budget"][];
        };
        /** @description What the nodes of a cluster have together; what is not known is absent. */
        Capacity: {
            /**
             * Format: double
             * @description CPU cores.
             */
            cpu_cores?: number | null;
            /**
             * Format: int64
             * @description Bytes of memory.
             */
            memory_bytes?: number | null;
        };
        /** @description A common cause; what is absent is not common. */
        Cause: {
            /** @description All are at this provider. */
            provider?: string | null;
            /** @description All are in this region. */
            region?: string | null;
            /** @description All have this version of the template. */
            version?: string | null;
        };
        /** @description A cluster in a change. */
        ChangeCluster: {
            /** @description How the cluster is now. */
            cluster_state: string;
            /** @description Names the cluster. */
            id: string;
            /** @description Why, in a sentence; may be empty. */
            message: string;
            /** @description A person's name for it. */
            name: string;
            /**
             * Format: date-time
             * @description When.
             */
            released_at?: string | null;
            /** @description What it was released; absent before. */
            revision?: string | null;
            /**
             * Format: date-time
             * @description When it was settled.
             */
            settled_at?: string | null;
            /**
             * @description `waiting`, `released`, `healthy`, `failed`, `offline` or `skipped`.
             * @example healthy
             */
            state: string;
        };
        /** @description A cluster as in lists. */
        Cluster: {
            /** @description Whether a person accepted it, or needed not to. */
            accepted: boolean;
            /**
             * Format: date-time
             * @description When it joined first.
             */
            enrolled_at: string;
            /** @description Such as `prod`; empty when not given. */
            environment: string;
            flag?: components["schemas"]["Flag"] | null;
            /** @description Its own health in numbers; what is not known is absent. */
            gauges: components["schemas"]["Gauges"];
            /** @description Names it in the hub. */
            id: string;
            /** @description Server version. */
            kubernetes_version: string;
            /** @description A person's labels. */
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When it last reported.
             */
            last_report_at?: string | null;
            /** @description Under late and offline: the state that its last report made. */
            last_state?: string | null;
            /** @description A person's name for it. */
            name: string;
            /**
             * Format: int64
             * @description All nodes.
             */
            node_count?: number | null;
            /** @description What is installed. */
            objects: components["schemas"]["Objects"];
            /** @description Version of its operator. */
            operator_version: string;
            /** @description Its provider; empty when unknown. */
            provider: string;
            /** @description Its region; empty when unknown. */
            region: string;
            /** @description The store that counted its series, where it does not count them itself. */
            series_counted_by?: string | null;
            /** @description Active series of the last hour by minute. */
            series_trend: unknown[][];
            /** @description Whether its nodes are simulated. */
            simulated: boolean;
            /**
             * @description The first that holds: removing, offline, late, failing, degraded, changing, waiting, suspended, off, healthy.
             * @example healthy
             */
            state: string;
            /** @description Why, in a sentence. */
            state_message: string;
            /** @description Why, in a word. */
            state_reason: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            state_since: string;
            template?: components["schemas"]["Template"] | null;
            /** @description UID of its `kube-system` namespace. */
            uid: string;
        };
        /** @description A cluster with everything that is known of it. */
        ClusterDetail: components["schemas"]["Cluster"] & {
            /** @description Distinct architectures of its nodes. */
            architectures: string[];
            /** @description What its nodes have together. */
            capacity: components["schemas"]["Capacity"];
            /** @description The conditions of its flag. */
            conditions: components["schemas"]["Condition"][];
            /** @description Leaders of its operator, newest first. */
            instances: components["schemas"]["Instance"][];
            /** @description What is wrong, worst first. */
            problems: components["schemas"]["Problem"][];
        };
        /** @description A page of clusters. */
        ClusterPage: {
            /** @description How many there are of each state, those of other states too; states without any are left out. */
            counts: {
                [key: string]: number;
            };
            /** @description The clusters. */
            items: components["schemas"]["Cluster"][];
            /** @description Where the next page begins; absent on the last one. */
            next_cursor?: string | null;
            /**
             * Format: int64
             * @description How many there are on all pages.
             */
            total: number;
        };
        /** @description One value. */
        ClusterValue: {
            /** @description Who says so: a layer such as `region eu-west-1`, or `flag`. */
            by: string;
            /** @description What holds; null where the pack's default does. */
            effective: Record<string, never> | null;
            /** @description Whether the flag on the cluster says otherwise than the layers. */
            overridden: boolean;
            /** @description `/enabled`, `/suspend`, `/destinations`, or a value of a pack such as `/packs/base/logs/rate`. */
            pointer: string;
            /** @description Each layer's word, lowest first. */
            words: components["schemas"]["LayerWord"][];
        };
        /** @description What holds on a cluster. */
        ClusterValues: {
            /** @description The open change that it waits in or was released by. */
            change_id?: string | null;
            destinations?: components["schemas"]["Said"] | null;
            enabled?: components["schemas"]["Said"] | null;
            /** @description Whether all that it was released is there and has come to rest. */
            held: boolean;
            /** @description The layers that can be edited for it, lowest first. */
            layers: components["schemas"]["LayerName"][];
            /** @description Why it is not followed, with layer and place; what was good before runs on. */
            refused?: string | null;
            /** @description What it says it has; absent from an operator that knows no settings. */
            reported_revision?: string | null;
            /** @description What it was released last; absent before the first. */
            revision?: string | null;
            suspended?: components["schemas"]["Said"] | null;
            /** @description By pointer. Values that no layer and no flag sets have the pack's default, and are not here. */
            values: components["schemas"]["ClusterValue"][];
        };
        /** @description What to run in the cluster; holds the secret. */
        Command: {
            /** @description With Helm. */
            helm: string;
            /** @description With kubectl, where the operator is installed already. */
            kubectl: string;
        };
        /** @description One condition of a flag. */
        Condition: {
            /** @description Why, in a sentence. */
            message: string;
            /** @description Why, in a word. */
            reason: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since?: string | null;
            /** @description `True`, `False` or `Unknown`. */
            status: string;
            /** @description Such as `Ready`. */
            type: string;
        };
        /** @description What a layer sets; what is absent it leaves to the others. */
        Content: {
            /**
             * @description Where telemetry is sent, whole: as the flag's `spec.destinations`, Secrets by their name in the cluster.
             * @default null
             */
            destinations: Record<string, never>[] | null;
            /**
             * @description Whether clusters are observed whose flag leaves it open.
             * @default null
             */
            enabled: boolean | null;
            /** @description Values by the name of the pack; `null` takes a lower layer's value away. */
            packs?: Record<string, never>;
            /**
             * @description Whether what runs is left as it is.
             * @default null
             */
            suspend: boolean | null;
        };
        /** @description One dashboard. */
        Dashboard: {
            /** @description As in the list. */
            entry: components["schemas"]["DashboardEntry"];
            /** @description Grafana's model of it. */
            model: Record<string, never>;
            /** @description The stores that hold the cluster, in the order in which they are asked. */
            stores: components["schemas"]["StoreName"][];
        };
        /** @description A dashboard in a list. */
        DashboardEntry: {
            /** @description What it shows. */
            description: string;
            /** @description Names it, also in its address. */
            name: string;
            /** @description The pack that it is of. */
            pack: string;
            /**
             * Format: int64
             * @description How many panels it has.
             */
            panels: number;
            /** @description Its title. */
            title: string;
            /** @description That pack's version, which is the hub's. */
            version: string;
        };
        /** @description The dashboards for a cluster. */
        DashboardList: {
            /** @description In the packs' order. */
            items: components["schemas"]["DashboardEntry"][];
            /** @description The stores that hold the cluster, in the order in which they are asked. */
            stores: components["schemas"]["StoreName"][];
        };
        /** @description One value that another edit makes otherwise; `null` where no layer says anything. */
        Difference: {
            /** @description What would hold. */
            after: Record<string, never> | null;
            /** @description What holds now. */
            before: Record<string, never> | null;
            /** @description Which value, as a JSON pointer. */
            pointer: string;
        };
        /** @description What came of an edit. */
        Edited: {
            change?: components["schemas"]["LayerChangeDetail"] | null;
            layer?: components["schemas"]["LayerView"] | null;
            /** @description Which clusters change, and how. */
            preview: components["schemas"]["Preview"];
        };
        /** @description Who did what, when and why. */
        Entry: {
            /** @description What, such as `cluster.remove`. */
            action: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int64
             * @description Grows with time.
             */
            id: number;
            /** @description `done`, or the code of the refusal. */
            outcome: string;
            /** @description Why. */
            reason: string;
            /** @description To what. */
            subject: string;
            /** @description Who. */
            who: string;
        };
        /** @description An entry of a timeline. */
        Event: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * Format: int64
             * @description Grows with time.
             */
            id: number;
            /** @description What, in a word. */
            kind: string;
            /** @description Why. */
            reason: string;
            /** @description What, in a sentence. */
            sentence: string;
            /** @description `ok`, `warn`, `bad`, `unknown`, `busy` or `off`. */
            tone: string;
            /** @description Who did it. */
            who: string;
        };
        /** @description A page of a timeline. */
        EventPage: {
            /** @description Newest first. */
            items: components["schemas"]["Event"][];
            /** @description Where the next page begins; absent on the last one. */
            next_cursor?: string | null;
        };
        /** @description The flag of a cluster. */
        Flag: {
            /** @description Switched on. */
            enabled: boolean;
            /** @description Who set it last. */
            set_by: string;
            /** @description Left as it is. */
            suspended: boolean;
        };
        /** @description When a budget reaches its limit: the hard one, or the soft one where there is no other. */
        Forecast: {
            /** @description Days that were looked back on. */
            days_of_history: number;
            /**
             * Format: date
             * @description At the earliest: one of ten draws says before.
             */
            earliest?: string | null;
            /**
             * Format: date
             * @description At the latest: one of ten draws says after; null where that is not within a year.
             */
            latest?: string | null;
            /**
             * Format: date
             * @description At its pace; null where not within a year.
             */
            over_on?: string | null;
            /**
             * Format: double
             * @description Series a day.
             */
            per_day: number;
            /** @description The same in a sentence. */
            says: string;
        };
        /** @description How many were frozen. */
        Frozen: {
            /** @description So many changes ran. */
            frozen: number;
        };
        /** @description One gauge over time. */
        GaugeSeries: {
            /** @description The gauge. */
            name: string;
            /** @description Time and value; `null` where it was not known. */
            points: unknown[][];
            /** @description What it is counted in. */
            unit: string;
        };
        /** @description What `gauges` holds. */
        Gauges: {
            /** Format: double */
            agent_cpu_cores?: number | null;
            /** Format: int64 */
            agent_memory_bytes?: number | null;
            /** Format: int64 */
            agents_ready?: number | null;
            /** Format: int64 */
            agents_wanted?: number | null;
            /** Format: date-time */
            last_sample_at?: string | null;
            /** Format: int64 */
            remote_write_failures?: number | null;
            /** Format: double */
            samples_per_second?: number | null;
            /** Format: int64 */
            series?: number | null;
            /** Format: int64 */
            targets_down?: number | null;
            /** Format: int64 */
            targets_up?: number | null;
        };
        /** @description A role within a scope. */
        Grant: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who gave it. */
            created_by: string;
            /** @description Names the grant. */
            id: string;
            /** @description What may be done. */
            role: components["schemas"]["Role"];
            /** @description With which clusters. */
            scope: components["schemas"]["Scope"];
        };
        /** @description What grew. */
        Growth: {
            /**
             * Format: double
             * @description Series more.
             */
            by: number;
            /** @description The label of it whose values grew most; null where that is not known. */
            label?: string | null;
            /** @description Metric. */
            metric: string;
        };
        /** @description A seal by number and hash. */
        Head: {
            /**
             * Format: int64
             * @description From 1, one more each time.
             */
            number: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            sealed_at: string;
            /** @description SHA-256 in hex. */
            sha256: string;
        };
        /** @description The hub itself. */
        Hub: {
            /** @description The public half of its identity key: what join tokens pin, and what people compare. */
            identity_key: string;
            /**
             * Format: date-time
             * @description When this process started.
             */
            started_at: string;
            /**
             * Format: int64
             * @description How often each cluster is to report.
             */
            status_every_seconds: number;
            /** @description Its version. */
            version: string;
        };
        /** @description A leader of an operator. */
        Instance: {
            /**
             * Format: date-time
             * @description When it was first seen.
             */
            first_seen_at: string;
            /** @description Its own word for itself. */
            id: string;
            /**
             * Format: date-time
             * @description When it was last seen.
             */
            last_seen_at: string;
        };
        /** @description A cluster that joined by a token. */
        Joined: {
            /**
             * Format: date-time
             * @description When it joined first.
             */
            enrolled_at: string;
            /** @description Names it in the hub. */
            id: string;
            /** @description A person's name for it. */
            name: string;
            /** @description Its state. */
            state: string;
        };
        /** @description A metric whose labels are not aggregated away. */
        KeptMetric: {
            /** @description The labels that stay. */
            labels: string[];
            /** @description Metric; of a histogram its name without `_bucket`, `_sum` and `_count`. Empty where it is not only one. */
            metric: string;
            /** @description Why, for people: the rule that uses them, or that the metric is no counter. */
            why: string;
        };
        /** @description A change. */
        LayerChange: {
            /** @description The same after. */
            after: Record<string, never> | null;
            /** @description Whether it goes to all at once. */
            all_at_once: boolean;
            /** @description Selector and content before; null where there was no such layer. */
            before: Record<string, never> | null;
            /** @description Clusters by where they are: waiting, released, healthy, failed, offline, skipped; those without any are left out. */
            counts: {
                [key: string]: number;
            };
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Names it. */
            id: string;
            /** @description The layer's kind. */
            kind: string;
            /** @description The layer's name. */
            name: string;
            /** @description Why. */
            reason: string;
            /**
             * @description `running`, `frozen`, `halted`, `done` or `undone`.
             * @example running
             */
            state: string;
            /** @description Who brought it there. */
            state_by: string;
            /** @description Why, in a sentence; may be empty. */
            state_message: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            state_since: string;
            /** @description The change that it takes back. */
            undo_of?: string | null;
            /** @description The change that took it back. */
            undone_by?: string | null;
            /** @description Who made it. */
            who: string;
        };
        /** @description A change with its batches. */
        LayerChangeDetail: components["schemas"]["LayerChange"] & {
            /** @description In their order. */
            batches: components["schemas"]["Batch"][];
        };
        /** @description Changes, those that are open first, then the newest. */
        LayerChanges: {
            /** @description At most 50. */
            items: components["schemas"]["LayerChange"][];
        };
        /** @description An edit. */
        LayerEdit: {
            /**
             * @description To all clusters at once, instead of one, then a tenth at a time.
             * @default false
             */
            all_at_once: boolean;
            /**
             * @description What it sets, whole.
             * @default null
             */
            content: components["schemas"]["Content"];
            /**
             * @description Only shows which clusters would change, and how.
             * @default false
             */
            dry_run: boolean;
            /**
             * @description Has to be given, but for a dry run.
             * @default
             */
            reason: string;
            /**
             * @description Of a group: labels that its clusters have.
             * @default {}
             */
            selector: components["schemas"]["BTreeMap"];
            /**
             * Format: int64
             * @description The number of clusters, with `all_at_once`.
             * @default null
             */
            typed_count: number | null;
        };
        /** @description A layer by its name. */
        LayerName: {
            /** @description Whether there is such a layer already. */
            exists: boolean;
            /** @description `fleet`, `provider`, `region`, `group` or `cluster`. */
            kind: string;
            /** @description `all` for the fleet, the id for a cluster. */
            name: string;
        };
        /** @description How an edit goes to clusters. */
        LayerTerms: {
            /**
             * @description To all clusters at once, instead of one, then a tenth at a time.
             * @default false
             */
            all_at_once: boolean;
            /**
             * @description Only shows which clusters would change, and how.
             * @default false
             */
            dry_run: boolean;
            /**
             * @description Has to be given, but for a dry run.
             * @default
             */
            reason: string;
            /**
             * Format: int64
             * @description The number of clusters, with `all_at_once`.
             * @default null
             */
            typed_count: number | null;
        };
        /** @description A layer. */
        LayerView: {
            /**
             * Format: date-time
             * @description When.
             */
            changed_at: string;
            /** @description Who edited it last. */
            changed_by: string;
            /** @description How many clusters it is for. */
            clusters: number;
            /** @description What it sets. */
            content: components["schemas"]["Content"];
            /** @description For `If-Match` of the next edit. */
            etag: string;
            /**
             * @description `fleet`, `provider`, `region`, `group` or `cluster`.
             * @example region
             */
            kind: string;
            /** @description `all` for the fleet, the id for a cluster. */
            name: string;
            /** @description Of a group: labels that its clusters have. */
            selector: components["schemas"]["BTreeMap"];
        };
        /** @description One layer's word. */
        LayerWord: {
            /** @description The layer as people call it, such as `region eu-west-1`. */
            layer: string;
            /** @description What it says; null where it takes a lower layer's value away. */
            value: Record<string, never> | null;
        };
        /** @description All layers. */
        Layers: {
            /** @description By kind and name. */
            items: components["schemas"]["LayerView"][];
        };
        /** @description Series of a metric that would be left without labels, if it is a counter whose labels no rule needs. */
        LeftWithout: {
            /**
             * Format: int64
             * @description Clusters that are in both numbers.
             */
            clusters: number;
            /**
             * Format: int64
             * @description Clusters that the budget is for.
             */
            clusters_of: number;
            /** @description Whether it may be fewer: meters count what is left without one label, and here it is several. */
            is_at_most: boolean;
            /** @description Those that would be left, by the meters' estimates. */
            left: components["schemas"]["SeriesNumber"];
            /** @description Active series now, in the clusters that are known. */
            series: components["schemas"]["SeriesNumber"];
        };
        /** @description One line. */
        Line: {
            /** @description What these clusters have in common and others have not. */
            cause: components["schemas"]["Cause"];
            /** @description Which clusters. */
            clusters: components["schemas"]["Named"][];
            /** @description Stays the same while the cause does. */
            key: string;
            /** @description What, in a sentence. */
            sentence: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description `warn`, `bad`, `unknown` or `busy`. */
            tone: string;
        };
        /** @description Log lines that have their labels in common. */
        LogStream: {
            /** @description Their labels. */
            labels: {
                [key: string]: string;
            };
            /** @description Unix time in nanoseconds as text, and the line. */
            lines: string[][];
        };
        /** @description A new token, with its text for the only time. */
        MadeApiToken: components["schemas"]["ApiToken"] & {
            /** @description The text: a secret, never told again. */
            token: string;
        };
        /** @description A new token, with its text for the only time. */
        MadeToken: {
            /** @description What to run in the cluster. */
            command: components["schemas"]["Command"];
            /**
             * Format: date-time
             * @description Until when it is good.
             */
            expires_at: string;
            /** @description Names the token. */
            id: string;
            /** @description A person's name for it. */
            name: string;
            /** @description The text: a secret, never told again. */
            token: string;
            /**
             * Format: int64
             * @description How many may still join by it.
             */
            uses_left: number;
        };
        /** @description A cluster by name. */
        Named: {
            /** @description Names it in the hub. */
            id: string;
            /** @description A person's name for it. */
            name: string;
        };
        /** @description Another account. */
        NewAccount: {
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /** @description Its address. */
            email: string;
            /** @description As the person is called. */
            name: string;
            /** @description At least 10 letters. */
            password: string;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description What they may do in the whole fleet; `none` for nothing but what grants allow. */
            role: components["schemas"]["Role"];
        };
        /** @description What a person says of a new token. */
        NewApiToken: {
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /**
             * Format: int64
             * @description How long it is good; 30 days by default, at most 366.
             */
            expires_in_seconds?: number;
            /** @description A name for it. */
            name: string;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description What it may do: no more than its maker. */
            role?: components["schemas"]["Role"];
            /** @description With which clusters; the whole fleet when nothing is given. */
            scope?: components["schemas"]["Scope"];
        };
        /** @description A grant to be given. */
        NewGrant: {
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description What may be done. */
            role: components["schemas"]["Role"];
            /** @description With which clusters; a part of the fleet. */
            scope: components["schemas"]["Scope"];
        };
        /** @description A new target. */
        NewNotificationTarget: {
            /** @description A whole URL, or an e-mail address. */
            address: string;
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /** @description The way to it. */
            kind: components["schemas"]["NotificationKind"];
            /** @description A name for it. */
            name: string;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description Of which budgets it is told: those that lie within this; left out, of all. */
            scope?: components["schemas"]["BudgetScope"];
            /** @description What messages to a webhook are signed with, 16 letters at least; left out, the hub makes one and says it once. */
            secret?: string | null;
        };
        /** @description Another role in the whole fleet. */
        NewRole: {
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description What may be done in the whole fleet; `none` for nothing but what grants allow. */
            role: components["schemas"]["Role"];
        };
        /** @description A new team. */
        NewTeam: {
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /** @description What its clusters have; `team` with its name when nothing is given. */
            labels?: {
                [key: string]: string;
            };
            /** @description A name for it. */
            name: string;
            /** @description Why, for the audit log. */
            reason?: string;
        };
        /** @description What a person says of a new token. */
        NewToken: {
            /** @description Only this known cluster (its id) may join by it, again: for one that has lost its credential and its token. */
            cluster?: string | null;
            /** @description Only says what would be done. */
            dry_run?: boolean;
            /**
             * Format: int64
             * @description How long it is good; at most 90 days.
             */
            expires_in_seconds?: number;
            /** @description What a cluster that joins by it must have; name, region, provider and environment count as labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description A name for it. */
            name: string;
            /** @description Whether a person has to accept who joins by it. */
            needs_acceptance?: boolean;
            /** @description Why, for the audit log. */
            reason?: string;
            /**
             * Format: int64
             * @description How many clusters may join by it; at most 10000.
             */
            uses?: number;
        };
        /** @description A message, and how it went. */
        Notice: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            at: string;
            /**
             * Format: date-time
             * @description When it was taken.
             */
            delivered_at?: string | null;
            /**
             * Format: int64
             * @description Of which change of state.
             */
            event_id: number;
            /** @description Names it. */
            id: string;
            /** @description `webhook` or `email`. */
            kind: string;
            /** @description Why it was not taken last. */
            last_failure?: string | null;
            /**
             * Format: date-time
             * @description When it is tried next; null where it is not on its way.
             */
            next_at?: string | null;
            /** @description `waiting`, `delivered` or `given_up`. */
            state: string;
            /** @description To whom. */
            to: string;
            /**
             * Format: int32
             * @description How often it was tried.
             */
            tries: number;
        };
        /**
         * @description The way to a target.
         * @enum {string}
         */
        NotificationKind: "webhook" | "email";
        /** @description Whom to tell. */
        NotificationTarget: {
            /** @description An e-mail address; of a webhook's URL the beginning. */
            address: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /** @description Names it. */
            id: string;
            /** @description The way to it. */
            kind: components["schemas"]["NotificationKind"];
            /**
             * Format: date-time
             * @description When it last took something.
             */
            last_delivered_at?: string | null;
            /**
             * Format: date-time
             * @description When it last did not.
             */
            last_failed_at?: string | null;
            /** @description Why not. */
            last_failure?: string | null;
            /** @description A person's name for it. */
            name: string;
            /** @description Of which budgets it is told: those that lie within this. */
            scope: components["schemas"]["BudgetScope"];
            /** @description The same in words. */
            scope_shown: string;
            /** @description What messages to a webhook are signed with; only in the answer that makes it, and only where the hub chose it. */
            secret?: string | null;
        };
        /** @description All targets. */
        NotificationTargets: {
            /** @description By name. */
            items: components["schemas"]["NotificationTarget"][];
            /** @description Whether this hub can send e-mail. */
            sends_email: boolean;
        };
        /** @description How a try went. */
        NotificationTest: {
            /** @description The code of the failure. */
            code?: string | null;
            /** @description What came of it, as a sentence. */
            detail: string;
            /** @description Whether it was taken. */
            ok: boolean;
            /**
             * Format: double
             * @description How long it took.
             */
            took_seconds: number;
        };
        /** @description What is installed, in numbers. */
        Objects: {
            /**
             * Format: int64
             * @description Applied.
             */
            applied: number;
            /**
             * Format: int64
             * @description Left to another field manager.
             */
            contested: number;
        };
        /** @description A budget that this one lies within. */
        OuterBudget: {
            /** @description Names it. */
            id: string;
            /**
             * Format: double
             * @description Series that are left in it, below 0 where it is over; null where no cluster counts.
             */
            left?: number | null;
            /** @description A person's name for it. */
            name: string;
        };
        /** @description Which clusters change, and how. */
        Preview: {
            /** @description Which, in the order in which they are released. */
            clusters: components["schemas"]["PreviewCluster"][];
            /** @description How many. */
            count: number;
        };
        /** @description A cluster that changes. */
        PreviewCluster: {
            /**
             * Format: int32
             * @description In which batch it is released, from 1.
             */
            batch: number;
            /** @description What is otherwise afterwards; nothing, where other layers' words hold as before. */
            differences: components["schemas"]["Difference"][];
            /** @description Names the cluster. */
            id: string;
            /** @description A person's name for it. */
            name: string;
            /** @description How it is now. */
            state: string;
        };
        /** @description A price. */
        Price: {
            /**
             * Format: double
             * @description For one of these; 0 or more.
             */
            amount: number;
            /** @description Three letters, such as `EUR`. */
            currency: string;
            /** @description What is counted. */
            unit: components["schemas"]["PriceUnit"];
        };
        /**
         * @description What is counted.
         * @enum {string}
         */
        PriceUnit: "series_thousand_month" | "samples_million";
        /** @description Something wrong, and where. */
        Problem: {
            /** @description What, as a sentence. */
            message: string;
            /** @description Where. */
            place: string;
        };
        /** @description What a store answered. */
        QueryAnswer: {
            /**
             * Format: date-time
             * @description When it answered.
             */
            answered_at: string;
            /** @description What was asked in the end, confined. */
            expression: string;
            /** @description Whether there are more series or lines than were asked for. */
            is_truncated: boolean;
            /** @description `matrix`, `vector`, `scalar` or `streams`. */
            result_type: string;
            /** @description Series, unless they are streams. */
            series: components["schemas"]["Series"][];
            /** @description Who answered. */
            store: components["schemas"]["StoreName"];
            /** @description Streams of log lines. */
            streams: components["schemas"]["LogStream"][];
            /** @description What the store says besides. */
            warnings: string[];
        };
        /** @description What is asked of a cluster's store: over a range (`from`, `to`, `step_seconds`) or at one instant (`at`). */
        QueryAsked: {
            /**
             * Format: date-time
             * @description The instant, instead of a range; now where neither is given.
             */
            at?: string | null;
            /** @description PromQL or LogQL; each of its selectors is confined to the cluster. */
            expression: string;
            /**
             * Format: date-time
             * @description The range's beginning.
             */
            from?: string | null;
            /** @description The language. */
            kind: components["schemas"]["StoreKind"];
            /**
             * Format: int32
             * @description Most series or lines: 200 where it is left out, 1000 at most.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description Between two points of the range.
             */
            step_seconds?: number | null;
            /** @description Names the store, where the cluster has several. */
            store?: string | null;
            /**
             * Format: date-time
             * @description The range's end.
             */
            to?: string | null;
        };
        /** @description New series of one metric that were refused. */
        RefusedSeries: {
            /** @description Job that sends it. */
            job: string;
            /** @description The label whose values grew; null where that is not known. */
            label?: string | null;
            /** @description Metric; of a histogram its name without `_bucket`, `_sum` and `_count`. */
            metric: string;
            /**
             * Format: int64
             * @description Samples.
             */
            samples: number;
            /**
             * Format: double
             * @description Different series: an estimate.
             */
            series: number;
            /** @description Team. */
            team: string;
        };
        /** @description Who refuses series, and which. */
        Refusing: {
            /** @description Clusters that refuse. */
            clusters: components["schemas"]["Named"][];
            /** @description What they refused in this clock hour, the most first, ten at most. */
            refused: components["schemas"]["RefusedSeries"][];
            /**
             * Format: int64
             * @description Samples that they refused in this clock hour.
             */
            samples: number;
            /**
             * Format: double
             * @description Different series that they refused in this clock hour: an estimate.
             */
            series: number;
        };
        /** @description A region of a provider. */
        Region: {
            /**
             * Format: int64
             * @description How many clusters.
             */
            clusters: number;
            /** @description `up`, `partly_down` when some are failing or offline, `down` when all are. */
            condition: string;
            /** @description How many of each state. */
            counts: {
                [key: string]: number;
            };
            /** @description Whose; empty when unknown. */
            provider: string;
            /** @description Its name; empty when unknown. */
            region: string;
            /**
             * Format: int64
             * @description Active series of those clusters that know; absent when none does.
             */
            series?: number | null;
            /**
             * Format: int64
             * @description Clusters that know their series.
             */
            series_from: number;
        };
        /** @description All regions. */
        Regions: {
            /** @description By name and provider. */
            items: components["schemas"]["Region"][];
        };
        /** @description Why, and how. */
        Removal: {
            /** @description Only says what would be done: 200 with `effect`. */
            dry_run?: boolean;
            /** @description The hub forgets the cluster at once; in the cluster nothing is touched. For one that will not come back. */
            force?: boolean;
            /** @description Has to be given. */
            reason?: string;
        };
        /**
         * @description What an account may do; each includes the ones before.
         * @enum {string}
         */
        Role: "none" | "viewer" | "operator" | "admin";
        /** @description What holds, and who says so. */
        Said: {
            /** @description `flag`, `chart`, a layer such as `region eu-west-1`, or nobody (empty). */
            by: string;
            /** @description What holds. */
            value: Record<string, never>;
        };
        /** @description Which clusters. Nothing given is the whole fleet. */
        Scope: {
            /** @description Those with these labels; name, region, provider and environment count as labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description Those in this region. */
            region?: string | null;
            /** @description Those of the team of this name. */
            team?: string | null;
        };
        /** @description One series with its values. */
        Series: {
            /** @description Its labels, `__name__` too. */
            labels: {
                [key: string]: string;
            };
            /** @description Unix time in seconds, and the value; `null` where it is no number. */
            points: unknown[][];
        };
        /**
         * @description What series have in common.
         * @enum {string}
         */
        SeriesBy: "provider" | "region" | "cluster" | "team" | "metric" | "job";
        /** @description Which clusters are in the numbers. */
        SeriesClusters: {
            /**
             * Format: int64
             * @description How many are.
             */
            counted: number;
            /** @description Those that are not: their newest report is older than 15 minutes, or there is none. */
            missing: components["schemas"]["SeriesMissing"][];
            /**
             * Format: int64
             * @description How many should be.
             */
            of: number;
        };
        /** @description Money for a month. */
        SeriesCost: {
            /**
             * Format: double
             * @description How much.
             */
            amount: number;
            /** @description Three letters, such as `EUR`. */
            currency: string;
            /** @description Whether everything in the row has a price; else it costs more than this. */
            is_whole: boolean;
        };
        /** @description Different series within some time, each counted once however often it came and went. */
        SeriesDistinct: {
            /**
             * Format: int64
             * @description Clusters that are in it.
             */
            clusters: number;
            /**
             * Format: int64
             * @description Clusters that could be in it.
             */
            clusters_of: number;
            /**
             * Format: date-time
             * @description The beginning of what is in it: the whole hours, days or weeks that are kept of that time.
             */
            from: string;
            /**
             * Format: int64
             * @description Hours, days and weeks of clusters in which it was counted, but not which series it were.
             */
            left_out: number;
            series?: components["schemas"]["SeriesNumber"] | null;
            /**
             * Format: date-time
             * @description Its end: the last hour that is over, at most.
             */
            until: string;
        };
        /** @description A label of a metric, of all clusters together. */
        SeriesLabel: {
            /** @description Its values, the largest first; `null` where they are too many. */
            few?: components["schemas"]["SeriesLabelValue"][] | null;
            /** @description The label. */
            name: string;
            /**
             * Format: int64
             * @description How many fewer that is.
             */
            saves: number;
            /**
             * Format: int64
             * @description Active series that have it.
             */
            series: number;
            /**
             * Format: int64
             * @description Series that would be left of those without it.
             */
            series_without: number;
            /**
             * Format: int64
             * @description Different values, in the cluster that has most.
             */
            values: number;
        };
        /** @description The label of a metric that costs most. */
        SeriesLabelCost: {
            /** @description The label. */
            name: string;
            /**
             * Format: int64
             * @description How many series fewer there would be without it.
             */
            saves: number;
        };
        /** @description A value of a label. */
        SeriesLabelValue: {
            /**
             * Format: int64
             * @description Active series that have it.
             */
            series: number;
            /** @description The value. */
            value: string;
        };
        /** @description Series by what they have in common. */
        SeriesList: {
            /**
             * Format: date-time
             * @description When that was.
             */
            as_of: string;
            /** @description What the items are. */
            by: components["schemas"]["SeriesBy"];
            /** @description Which clusters are in the numbers. */
            clusters: components["schemas"]["SeriesClusters"];
            /** @description The largest first. */
            items: components["schemas"]["SeriesRow"][];
            other?: components["schemas"]["SeriesRow"] | null;
            then?: components["schemas"]["SeriesBy"] | null;
            total?: components["schemas"]["SeriesRow"] | null;
        };
        /** @description Everything that is known of a metric. */
        SeriesMetric: {
            /**
             * Format: date-time
             * @description When that was.
             */
            as_of: string;
            /** @description Where it is. */
            clusters: components["schemas"]["SeriesRow"][];
            /** @description Which clusters are in the numbers. */
            clusters_counted: components["schemas"]["SeriesClusters"];
            /** @description Who sends it. */
            jobs: components["schemas"]["SeriesRow"][];
            /** @description Its labels, those that cost most first, whoever sends it; empty where they were not looked at. */
            labels: components["schemas"]["SeriesLabel"][];
            /** @description The metric. */
            name: string;
            /** @description Its numbers. */
            row: components["schemas"]["SeriesRow"];
            /** @description Whose it is. */
            teams: components["schemas"]["SeriesRow"][];
        };
        /** @description A cluster by id and name. */
        SeriesMissing: {
            /**
             * Format: date-time
             * @description When its meter was last heard of; `null` when it never was.
             */
            heard_at?: string | null;
            /** @description What names it in the hub. */
            id: string;
            /** @description A person's name for it. */
            name: string;
        };
        /** @description A number of series, and how sure it is. */
        SeriesNumber: {
            /** @description Whether it was counted one by one. */
            exact: boolean;
            /**
             * Format: double
             * @description Standard error, in series; 0 where it is exact.
             */
            standard_error: number;
            /**
             * Format: int64
             * @description How many.
             */
            value: number;
        };
        /** @description Series at a time. */
        SeriesPoint: {
            /**
             * Format: date-time
             * @description The beginning of its step.
             */
            at: string;
            /**
             * Format: int64
             * @description Clusters that are known.
             */
            clusters: number;
            /**
             * Format: int64
             * @description The most of any hour of the step, added up over clusters.
             */
            most?: number | null;
            /**
             * Format: int64
             * @description Active series of those clusters that are known, added up: of an hour when it was last looked, of a day or week the mean of its
             *     hours. `null` where none is known.
             */
            series?: number | null;
        };
        /** @description Series that have something in common. */
        SeriesRow: {
            /** @description With `then`: the 20 largest, and the rest of them named `other`. */
            children: components["schemas"]["SeriesRow"][];
            cost?: components["schemas"]["SeriesCost"] | null;
            /**
             * Format: int64
             * @description How many there were a day ago; `null` where that is not known of every cluster in the row.
             */
            day_ago?: number | null;
            /** @description Of a cluster, what names it in the hub. */
            id?: string | null;
            label?: components["schemas"]["SeriesLabelCost"] | null;
            /** @description What they have in common: a provider, region, cluster, team, metric or job; empty where that is not known. */
            name: string;
            /**
             * Format: double
             * @description Series that were not known before, within an hour.
             */
            new_per_hour: number;
            /**
             * Format: double
             * @description Samples a second.
             */
            samples_per_second: number;
            /** @description Active series. */
            series: components["schemas"]["SeriesNumber"];
        };
        /** @description Series over time. */
        SeriesTrend: {
            /**
             * Format: int64
             * @description Clusters that could be in it.
             */
            clusters_of: number;
            /** @description In the order of time, without gaps. */
            points: components["schemas"]["SeriesPoint"][];
            /**
             * Format: int64
             * @description From point to point: an hour, a day or a week.
             */
            step_seconds: number;
        };
        /** @description Who is signed in, and at which hub. */
        Session: {
            /** @description Who. */
            account: components["schemas"]["Account"];
            /** @description Where. */
            hub: components["schemas"]["Hub"];
        };
        /** @description The first account. */
        Setup: {
            /** @description Its address. */
            email: string;
            /** @description As the person is called. */
            name: string;
            /** @description At least 10 letters. */
            password: string;
            /** @description From the link. */
            token: string;
        };
        /** @description Who wants to sign in. */
        SignIn: {
            /** @description The address. */
            email: string;
            /** @description The password. */
            password: string;
        };
        /** @description A store without its secret. */
        Store: {
            /** @description How it knows who asks. */
            authentication: components["schemas"]["Authentication"];
            /** @description Authorities to trust instead of the system's. */
            authorities_pem: string;
            /**
             * Format: date-time
             * @description When it was changed last.
             */
            changed_at: string;
            /**
             * Format: int64
             * @description How many clusters it is for.
             */
            clusters: number;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /** @description What a change has to send as `If-Match`. */
            etag: string;
            /** @description Names the store. */
            id: string;
            /** @description What it speaks. */
            kind: components["schemas"]["StoreKind"];
            /**
             * Format: date-time
             * @description When it last failed.
             */
            last_failed_at?: string | null;
            /** @description The sentence of that. */
            last_failure?: string | null;
            /** @description The code of that. */
            last_failure_code?: string | null;
            /**
             * Format: date-time
             * @description When it last answered well.
             */
            last_good_at?: string | null;
            /** @description A person's name for it. */
            name: string;
            price?: components["schemas"]["Price"] | null;
            /** @description For clusters of this region only. */
            region?: string | null;
            /** @description The tenant; empty for none. */
            tenant: string;
            /** @description The header that names the tenant. */
            tenant_header: string;
            /** @description The base of its API. */
            url: string;
            /** @description The user of `basic`. */
            username: string;
        };
        /** @description How a try went. */
        StoreCheck: {
            /** @description Clusters of this hub that it is for, and that it has data of. */
            clusters_found: string[];
            /** @description Clusters of this hub that it is for, and that it has no data of. */
            clusters_missing: string[];
            /** @description The code of the failure. */
            code?: string | null;
            /** @description What was found, as a sentence. */
            detail: string;
            /** @description Whether it answered well. */
            ok: boolean;
            /**
             * Format: double
             * @description How long it took.
             */
            took_seconds: number;
        };
        /** @description What a person says of a store; no field of it is ever logged. */
        StoreDraft: {
            /** @description How it knows who asks. */
            authentication: components["schemas"]["Authentication"];
            /** @description Authorities (PEM) to trust instead of the system's. */
            authorities_pem?: string | null;
            /** @description Tries it, and keeps nothing. */
            dry_run?: boolean;
            /** @description What it speaks; cannot be changed later. */
            kind: components["schemas"]["StoreKind"];
            /** @description A name for it. */
            name: string;
            price?: components["schemas"]["Price"] | null;
            /** @description Why, for the audit log. */
            reason?: string;
            /** @description For clusters of this region only; for all where it is left out. */
            region?: string | null;
            /** @description Password or token. Left out in a change, the one that there is stays, as long as the URL's host does. */
            secret?: string | null;
            /** @description The tenant. */
            tenant?: string | null;
            /** @description The header that names the tenant; `X-Scope-OrgID` where it is left out. */
            tenant_header?: string | null;
            /** @description The base of its API, without user, password or query. */
            url: string;
            /** @description The user of `basic`. */
            username?: string | null;
        };
        /** @description How a store fares, for everybody: nothing of where it is. */
        StoreHealth: {
            /** @description Names the store. */
            id: string;
            /** @description Whether it failed since it last answered well. */
            is_failing: boolean;
            /** @description What it speaks. */
            kind: components["schemas"]["StoreKind"];
            /**
             * Format: date-time
             * @description When it last answered well.
             */
            last_good_at?: string | null;
            /** @description A person's name for it. */
            name: string;
            /** @description For clusters of this region only. */
            region?: string | null;
        };
        /** @description How all stores fare. */
        StoreHealthList: {
            /** @description By name. */
            items: components["schemas"]["StoreHealth"][];
        };
        /**
         * @description What a store speaks.
         * @enum {string}
         */
        StoreKind: "prometheus" | "loki";
        /** @description All stores. */
        StoreList: {
            /** @description By name. */
            items: components["schemas"]["Store"][];
        };
        /** @description A store's id and name. */
        StoreName: {
            /** @description Names it. */
            id: string;
            /** @description What it speaks. */
            kind: components["schemas"]["StoreKind"];
            /** @description A person's name for it. */
            name: string;
        };
        /** @description A team. */
        Team: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /** @description Names it in the hub. */
            id: string;
            /** @description What its clusters have; name, region, provider and environment count as labels. */
            labels: {
                [key: string]: string;
            };
            /** @description A person's name for it. */
            name: string;
        };
        /** @description All teams. */
        Teams: {
            /** @description By name. */
            items: components["schemas"]["Team"][];
        };
        /** @description The applied template. */
        Template: {
            /** @description Name of the pack. */
            pack: string;
            /** @description Its version. */
            version: string;
        };
        /** @description A token without its secret. */
        Token: {
            /** @description The id of the one known cluster that may join again by it. */
            cluster?: string | null;
            /** @description Who joined by it. */
            clusters: components["schemas"]["Joined"][];
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Who made it. */
            created_by: string;
            /**
             * Format: date-time
             * @description Until when it is good.
             */
            expires_at: string;
            /** @description Names the token. */
            id: string;
            /** @description What a cluster that joins by it must have. */
            labels: {
                [key: string]: string;
            };
            /** @description A person's name for it. */
            name: string;
            /** @description Whether a person has to accept who joins by it. */
            needs_acceptance: boolean;
            /**
             * Format: date-time
             * @description When it was taken back.
             */
            revoked_at?: string | null;
            /**
             * Format: int64
             * @description How many may still join by it.
             */
            uses_left: number;
        };
        /** @description All tokens of the last 90 days. */
        Tokens: {
            /** @description Newest first. */
            items: components["schemas"]["Token"][];
        };
        /** @description What a write would do. */
        Tried: {
            /** @description Always true: nothing was changed. */
            dry_run: boolean;
            /** @description What would have been done, as a sentence. */
            effect: string;
            would_aggregate?: components["schemas"]["WouldAggregate"] | null;
            would_refuse?: components["schemas"]["WouldRefuse"] | null;
        };
        /** @description Why a change is steered; for undoing one that is done, also how the way back goes. */
        Turn: {
            /**
             * @description Undo only: to all clusters at once, instead of in batches.
             * @default false
             */
            all_at_once: boolean;
            /**
             * @description For the audit log; may be given afterwards.
             * @default
             */
            reason: string;
            /**
             * Format: int64
             * @description The number of clusters, with `all_at_once`.
             * @default null
             */
            typed_count: number | null;
        };
        /** @description What was found in a stretch of the audit log. */
        Verification: {
            /** @description Entries that were compared with their seals. */
            entries: number;
            from?: components["schemas"]["Head"] | null;
            head?: components["schemas"]["Head"] | null;
            /** @description Whether everything in this stretch is as it was sealed. */
            intact: boolean;
            /**
             * Format: int64
             * @description Ask again with `after` set to this: there is more.
             */
            next_after?: number | null;
            /** @description What is wrong, at most fifty things. */
            problems: components["schemas"]["AuditProblem"][];
            /** @description Seals that were looked at. */
            seals: number;
            /**
             * Format: int64
             * @description Entries of the last moment that are not sealed yet; known at the end of the log.
             */
            unsealed?: number | null;
        };
        /**
         * @description How often a budget would have aggregated labels away in the last 24 clock hours, the running one among them, as if all of it were in one
         *     cluster; and what would be left.
         */
        WouldAggregate: {
            /**
             * Format: int64
             * @description Hours that some cluster of it reported.
             */
            hours: number;
            /**
             * Format: int64
             * @description Of those, the ones in which it would have aggregated for sure.
             */
            hours_at_least: number;
            /**
             * Format: int64
             * @description Those in which it may have.
             */
            hours_at_most: number;
            left?: components["schemas"]["LeftWithout"] | null;
            /** @description Starts of hours that only some of its clusters reported. */
            partly: string[];
            /** @description Starts of hours that none of its clusters reported: nothing is known of them. */
            unknown: string[];
        };
        /**
         * @description How often a budget would have refused series in the last 24 clock hours, the running one among them. A series counts in the hour in
         *     which it came; rollouts, which are let through, are not known of hours that are over.
         */
        WouldRefuse: {
            /**
             * Format: int64
             * @description Hours that some cluster of it reported.
             */
            hours: number;
            /**
             * Format: int64
             * @description Of those, the ones in which it would have refused series for sure.
             */
            hours_at_least: number;
            /**
             * Format: int64
             * @description Those in which it may have.
             */
            hours_at_most: number;
            /** @description Starts of hours that only some of its clusters reported. */
            partly: string[];
            /**
             * Format: int64
             * @description Series that it would have refused for sure.
             */
            series_at_least: number;
            /**
             * Format: int64
             * @description Series that it may have refused; more where hours are in `partly` or `unknown`.
             */
            series_at_most: number;
            /** @description Starts of hours that none of its clusters reported: nothing is known of them. */
            unknown: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    post_agent_enroll: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `EnrollRequest` of flagstaff-model */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description joined; the same request again has the same answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description join_token_unknown */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description join_token_expired, _used_up, _revoked, _wrong_labels, _other_cluster */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_agent_trust: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `TrustAnswer` of flagstaff-model */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_agent_desired: {
        parameters: {
            query?: {
                /** @description last seen */
                epoch?: string;
                /** @description last seen */
                generation?: number;
                /** @description how long to hold the question, at most 300 */
                wait_seconds?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `DesiredAnswer` of flagstaff-model */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description nothing newer */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description credential_unknown */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_agent_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `StatusReport` of flagstaff-model */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description `StatusAnswer` of flagstaff-model */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description credential_unknown */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict: the credential is another cluster's */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_agent_series: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `SeriesReport` of flagstaff-model, packed by zstd or not; at most 4 MiB as sent and 16 MiB unpacked */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description `SeriesAnswer` of flagstaff-model: not kept when the same or a later revision is there, or the hour is too old */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description invalid: says what, and where in the report */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description credential_unknown */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description invalid */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description overloaded */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_setup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Setup"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description setup_unknown */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description not_signed_in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description wrong_password */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description too_many_tries */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_signed_in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters: {
        parameters: {
            query?: {
                /** @description Only those in this state. */
                state?: string;
                /** @description Only those in this region. */
                region?: string;
                /** @description Only those at this provider. */
                provider?: string;
                /** @description Only those with this in name, region, provider or environment. */
                q?: string;
                /** @description `name` (default), `-series`, `state` or `last_report_at`. */
                sort?: string;
                /** @description At most so many, 1 to 1000; 100 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterPage"];
                };
            };
        };
    };
    get_clusters_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterDetail"];
                };
            };
            /** @description as the caller knows it */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters_id_events: {
        parameters: {
            query?: {
                /** @description Only those of this kind. */
                kind?: string;
                /** @description At most so many, 1 to 1000; 100 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters_id_gauges: {
        parameters: {
            query?: {
                /** @description `series` (default) or another of the cluster's gauges. */
                name?: string;
                /** @description An hour before `to` by default; more than a day ago there is one value an hour. */
                from?: string;
                /** @description Now by default. */
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GaugeSeries"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_clusters_id_accept: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description accepted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_clusters_id_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Removal"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description ordered, or forgotten by force */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters_id_dashboards: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardList"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters_id_dashboards_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_clusters_id_query: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueryAsked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryAnswer"];
                };
            };
            /** @description invalid, query_not_confined, store_query_refused */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found, store_missing */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description store_unavailable and others */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description store_timeout */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_store_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreHealthList"];
                };
            };
        };
    };
    get_stores: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreList"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_stores: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreDraft"];
            };
        };
        responses: {
            /** @description tried */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreCheck"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Store"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    put_stores_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description the store's etag */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StoreDraft"];
            };
        };
        responses: {
            /** @description the store; with `dry_run` a check */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Store"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description precondition_failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_stores_id: {
        parameters: {
            query?: never;
            header?: {
                /** @description the store's etag */
                "If-Match"?: string | null;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_stores_id_check: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoreCheck"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_series: {
        parameters: {
            query?: {
                /** @description What the items are; metrics where it is left out. */
                by?: "provider" | "region" | "cluster" | "team" | "metric" | "job";
                /** @description What their children are; something else than `by`. */
                then?: "provider" | "region" | "cluster" | "team" | "metric" | "job";
                /** @description At most so many items, 1 to 500; 50 where it is left out. */
                limit?: number;
                /** @description Only of clusters at this provider. */
                provider?: string;
                /** @description Only of clusters in this region. */
                region?: string;
                /** @description Only of the cluster with this id. */
                cluster?: string;
                /** @description Only of this team. */
                team?: string;
                /** @description Only of this metric. */
                metric?: string;
                /** @description Only what this job sends. */
                job?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesList"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_series_metrics_name: {
        parameters: {
            query?: {
                /** @description Only of clusters at this provider. */
                provider?: string;
                /** @description Only of clusters in this region. */
                region?: string;
                /** @description Only of the cluster with this id. */
                cluster?: string;
                /** @description Only of this team. */
                team?: string;
                /** @description Only what this job sends. */
                job?: string;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesMetric"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_series_trend: {
        parameters: {
            query?: {
                /** @description 24 (default) to 8760: by hour up to 14 days, by day up to 90, then by week. */
                hours?: number;
                /** @description Only of clusters at this provider. */
                provider?: string;
                /** @description Only of clusters in this region. */
                region?: string;
                /** @description Only of the cluster with this id. */
                cluster?: string;
                /** @description Only of this team. */
                team?: string;
                /** @description Only of this metric: of each cluster the 200 largest are kept. */
                metric?: string;
                /** @description Not kept over time: refused. */
                job?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesTrend"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_series_distinct: {
        parameters: {
            query?: {
                /** @description A day before `until` where it is left out; at most a year. */
                from?: string;
                /** @description Now where it is left out. */
                until?: string;
                /** @description Only of clusters at this provider. */
                provider?: string;
                /** @description Only of clusters in this region. */
                region?: string;
                /** @description Only of the cluster with this id. */
                cluster?: string;
                /** @description Only of this team. */
                team?: string;
                /** @description Only of this metric: of each cluster the 200 largest are kept. */
                metric?: string;
                /** @description Not kept over time: refused. */
                job?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesDistinct"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_regions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Regions"];
                };
            };
        };
    };
    get_attention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attention"];
                };
            };
        };
    };
    get_budgets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budgets"];
                };
            };
        };
    };
    post_budgets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetDraft"];
            };
        };
        responses: {
            /** @description with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tried"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict, confirm_over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no_hard_limit */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_budgets_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetDetail"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    put_budgets_id: {
        parameters: {
            query?: never;
            header: {
                /** @description the budget's etag */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetDraft"];
            };
        };
        responses: {
            /** @description the budget; with `dry_run` a `Tried` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict, confirm_over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description precondition_failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description no_hard_limit */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_budgets_id: {
        parameters: {
            query?: never;
            header: {
                /** @description the budget's etag */
                "If-Match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description precondition_failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_budgets_id_history: {
        parameters: {
            query?: {
                /** @description Hours to show, 168 by default, 8760 at most. */
                hours?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetHistory"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_budgets_id_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description the budget; with `dry_run` a `Tried` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict: it only watches */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_notification_targets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationTargets"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_notification_targets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNotificationTarget"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationTarget"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_notification_targets_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_notification_targets_id_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationTest"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_join_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_join_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeToken"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_join_tokens_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_accounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_accounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_clusters_id_values: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterValues"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_layers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Layers"];
                };
            };
        };
    };
    put_layers_kind_name: {
        parameters: {
            query?: never;
            header?: {
                /** @description the etag, unless the layer is new */
                "If-Match"?: string | null;
            };
            path: {
                /** @description fleet, provider, region, group or cluster */
                kind: string;
                /** @description `all` for the fleet, the id for a cluster */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LayerEdit"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited"];
                };
            };
            /** @description invalid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict: another change is under way over these clusters */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description precondition_failed: it was edited meanwhile */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_layers_kind_name: {
        parameters: {
            query?: never;
            header: {
                /** @description the etag */
                "If-Match": string;
            };
            path: {
                kind: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LayerTerms"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Edited"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description precondition_failed */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_changes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerChanges"];
                };
            };
        };
    };
    post_changes_freeze: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Frozen"];
                };
            };
        };
    };
    get_changes_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerChangeDetail"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_changes_id_freeze: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerChangeDetail"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_changes_id_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerChangeDetail"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_changes_id_undo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Turn"];
            };
        };
        responses: {
            /** @description the change itself, or the one that takes it back */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerChangeDetail"];
                };
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_accounts_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description taken away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict: it is one's own, or the last administrator */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_accounts_id_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRole"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description given */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict: it is the last administrator */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    post_accounts_id_grants: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewGrant"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_accounts_id_grants_grant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                grant: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_teams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Teams"];
                };
            };
        };
    };
    post_teams: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTeam"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description conflict */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_teams_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description taken away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiTokens"];
                };
            };
        };
    };
    post_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiToken"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MadeApiToken"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    delete_tokens_id: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Because"];
            };
        };
        responses: {
            /** @description `Tried`, with dry_run */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_audit: {
        parameters: {
            query?: {
                /** @description At most so many, 1 to 1000; 100 by default. */
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_audit_verification: {
        parameters: {
            query?: {
                /** @description After the seal of this number; from the beginning when it is left out. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description not_permitted */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description not_found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description text/event-stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description this document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
