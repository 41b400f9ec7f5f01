//! Clusters as lists and overviews show them.

use flagstaff_model::ClusterState;
use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

/// Which clusters are asked for; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<String>,
    /// In this region.
    pub region: Option<String>,
    /// At this provider.
    pub provider: Option<String>,
    /// With this in their name, region, provider or environment.
    pub q: Option<String>,
    /// Within what whoever asks may see; see `cluster_within`.
    pub access: Option<serde_json::Value>,
}

/// Where a page begins: after this sort key and id.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct After {
    /// The sort key of the last one before.
    pub key: String,
    /// Its id.
    pub id: String,
}

/// A page of ids with their sort keys. `sort` is `name`, `-series`, `state` or `last_report_at`.
pub async fn page(
    connection: &mut PgConnection,
    filter: &Filter,
    sort: &str,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<After>, sqlx::Error> {
    let order: Vec<String> = ClusterState::ALL.map(|state| state.as_str().to_owned()).to_vec();
    sqlx::query_as!(
        After,
        r#"SELECT k.key AS "key!", c.id FROM cluster c LEFT JOIN store_series s ON s.cluster_id = c.id CROSS JOIN LATERAL (SELECT CASE $1::text
             WHEN 'state' THEN lpad(coalesce(array_position($2::text[], c.state), 0)::text, 2, '0') || c.name
             -- Most first, those that are not known last.
             WHEN '-series' THEN lpad((1000000000000000000 - coalesce((c.report #>> '{gauges,series}')::bigint, s.series, 0))::text, 19, '0')
                 || CASE WHEN c.report #>> '{gauges,series}' IS NULL AND s.series IS NULL THEN '1' ELSE '0' END || c.name
             WHEN 'last_report_at' THEN to_char(coalesce(c.last_report_at, 'epoch') AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')
             ELSE c.name END COLLATE "C" AS key) k
           WHERE c.removed_at IS NULL
             AND ($3::text IS NULL OR c.state = $3) AND ($4::text IS NULL OR c.region = $4) AND ($5::text IS NULL OR c.provider = $5)
             AND ($6::text IS NULL OR strpos(lower(c.name || ' ' || c.region || ' ' || c.provider || ' ' || c.environment), lower($6)) > 0)
             AND ($7::text IS NULL OR (k.key, c.id) > ($7 COLLATE "C", $8::text))
             AND ($10::jsonb IS NULL OR cluster_within(c.name, c.region, c.provider, c.environment, c.labels, $10))
           ORDER BY k.key, c.id LIMIT $9"#,
        sort,
        &order,
        filter.state,
        filter.region,
        filter.provider,
        filter.q,
        after.map(|after| after.key.as_str()),
        after.map(|after| after.id.as_str()),
        limit,
        filter.access
    )
    .fetch_all(connection)
    .await
}

/// How many there are of each state, whatever state the filter asks for.
pub async fn counts(connection: &mut PgConnection, filter: &Filter) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT state, count(*) AS "count!" FROM cluster c
           WHERE removed_at IS NULL AND ($1::text IS NULL OR region = $1) AND ($2::text IS NULL OR provider = $2)
             AND ($3::text IS NULL OR strpos(lower(c.name || ' ' || c.region || ' ' || c.provider || ' ' || c.environment), lower($3)) > 0)
             AND ($4::jsonb IS NULL OR cluster_within(c.name, c.region, c.provider, c.environment, c.labels, $4))
           GROUP BY state"#,
        filter.region,
        filter.provider,
        filter.q,
        filter.access
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.state, row.count)).collect())
}

/// What an overview needs of each cluster.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its provider.
    pub provider: String,
    /// Its state.
    pub state: String,
    /// Why, in a word.
    pub state_reason: String,
    /// Why, in a sentence.
    pub state_message: String,
    /// Since when.
    pub state_since: At,
    /// Under late and offline: what it was.
    pub last_state: Option<String>,
    /// When it last reported, or joined.
    pub heard_at: At,
    /// When two operators with its identity were last seen.
    pub identity_twice_at: Option<At>,
    /// Version of its template; empty when none is applied.
    pub template_version: String,
    /// Its active series, where known.
    pub series: Option<i64>,
}

/// All that are not removed and that somebody may see, by region and name.
pub async fn overview(
    connection: &mut PgConnection,
    access: Option<&serde_json::Value>,
) -> Result<Vec<Overview>, sqlx::Error> {
    sqlx::query_as!(
        Overview,
        r#"SELECT id, name, region, provider, state, state_reason, state_message, state_since, last_state,
             greatest(last_report_at, enrolled_at, credential_since) AS "heard_at!", identity_twice_at,
             coalesce(report #>> '{template,version}', '') AS "template_version!", coalesce((report #>> '{gauges,series}')::bigint, series) AS series
           FROM cluster LEFT JOIN store_series ON cluster_id = cluster.id WHERE removed_at IS NULL
             AND ($1::jsonb IS NULL OR cluster_within(name, region, provider, environment, labels, $1))
           ORDER BY region, name"#,
        access
    )
    .fetch_all(connection)
    .await
}

/// Clusters that joined by a token: token, id, name, state, when.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The token.
    pub join_token_id: String,
    /// Names the cluster.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its state.
    pub state: String,
    /// When it joined.
    pub enrolled_at: At,
}

/// Who joined by these tokens.
pub async fn joined_by(connection: &mut PgConnection, tokens: &[String]) -> Result<Vec<Joined>, sqlx::Error> {
    sqlx::query_as!(
        Joined,
        "SELECT join_token_id, id, name, state, enrolled_at FROM cluster WHERE join_token_id = ANY($1) AND removed_at IS NULL ORDER BY name",
        tokens
    )
    .fetch_all(connection)
    .await
}
