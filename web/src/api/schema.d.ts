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
        /** Server-sent events: `cluster`, `gone`, `timeline`, and a `ping` each 5 seconds. */
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
        BTreeMap: {
            [key: string]: string;
        };
        /** @description Why a person does something. */
        Because: {
            /** @description Only says what would be done: 200 with `effect`. */
            dry_run?: boolean;
            /** @description For the audit log and the timeline. */
            reason?: string;
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
        /** @description Something wrong, and where. */
        Problem: {
            /** @description What, as a sentence. */
            message: string;
            /** @description Where. */
            place: string;
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
