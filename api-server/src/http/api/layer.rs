//! `GET /api/v1/layers`, `PUT` and `DELETE /api/v1/layers/{kind}/{name}`: `invalid`, `not_found`, `conflict` while another change is under
//! way, `precondition_failed` when the layer was edited meanwhile.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::layer::content::{Content, Selector};
use crate::app::layer::edit::{self, Edited, Pace};
use crate::app::layer::values::{self, ClusterValues};
use crate::app::layer::{self, Layers};
use crate::app::{App, Error};
use crate::context::OpContext;
use crate::http::Refused;
use crate::http::call::{Answer, Json};
use crate::http::tag::seen;

/// An edit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LayerEdit {
    /// Of a group: labels that its clusters have.
    pub selector: Selector,
    /// What it sets, whole.
    #[schema(value_type = Content)]
    pub content: Value,
    /// Only shows which clusters would change, and how.
    pub dry_run: bool,
    /// Has to be given, but for a dry run.
    pub reason: String,
    /// To all clusters at once, instead of one, then a tenth at a time.
    pub all_at_once: bool,
    /// The number of clusters, with `all_at_once`.
    pub typed_count: Option<i64>,
}

/// How an edit goes to clusters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LayerTerms {
    /// Only shows which clusters would change, and how.
    pub dry_run: bool,
    /// Has to be given, but for a dry run.
    pub reason: String,
    /// To all clusters at once, instead of one, then a tenth at a time.
    pub all_at_once: bool,
    /// The number of clusters, with `all_at_once`.
    pub typed_count: Option<i64>,
}

/// All layers.
#[utoipa::path(get, path = "/api/v1/layers", tag = "layers", responses((status = 200, body = Layers)))]
pub async fn list(State(app): State<Arc<App>>, op: OpContext) -> Result<Answer<Layers>, Refused> {
    Ok(Answer(layer::list(&app, &op).await?))
}

/// Writes a layer whole. `If-Match` is the layer's etag; left out where there is no such layer yet.
#[utoipa::path(put, path = "/api/v1/layers/{kind}/{name}", tag = "layers",
    params(("kind" = String, Path, description = "fleet, provider, region, group or cluster"),
        ("name" = String, Path, description = "`all` for the fleet, the id for a cluster"),
        ("If-Match" = Option<String>, Header, description = "the etag, unless the layer is new")),
    request_body = LayerEdit,
    responses((status = 200, body = Edited), (status = 400, description = "invalid"), (status = 403, description = "not_permitted"),
        (status = 409, description = "conflict: another change is under way over these clusters"),
        (status = 412, description = "precondition_failed: it was edited meanwhile")))]
pub async fn put(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path((kind, name)): Path<(String, String)>,
    headers: HeaderMap,
    Json(asked): Json<LayerEdit>,
) -> Result<Answer<Edited>, Refused> {
    // Left out is an empty layer, as in every other body.
    let content = if asked.content.is_null() { serde_json::json!({}) } else { asked.content };
    let terms = LayerTerms {
        dry_run: asked.dry_run,
        reason: asked.reason,
        all_at_once: asked.all_at_once,
        typed_count: asked.typed_count,
    };
    let to = Some((asked.selector, content));
    Ok(Answer(make(&app, &op, (&kind, &name), to, &headers, &terms).await?))
}

/// Takes a layer away: clusters have what the other layers say.
#[utoipa::path(delete, path = "/api/v1/layers/{kind}/{name}", tag = "layers",
    params(("kind" = String, Path), ("name" = String, Path), ("If-Match" = String, Header, description = "the etag")),
    request_body = LayerTerms,
    responses((status = 200, body = Edited), (status = 403, description = "not_permitted"), (status = 404, description = "not_found"),
        (status = 409, description = "conflict"), (status = 412, description = "precondition_failed")))]
pub async fn delete(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path((kind, name)): Path<(String, String)>,
    headers: HeaderMap,
    Json(terms): Json<LayerTerms>,
) -> Result<Answer<Edited>, Refused> {
    Ok(Answer(make(&app, &op, (&kind, &name), None, &headers, &terms).await?))
}

async fn make(
    app: &App,
    op: &OpContext,
    (kind, name): (&str, &str),
    to: Option<(Selector, Value)>,
    headers: &HeaderMap,
    terms: &LayerTerms,
) -> Result<Edited, Error> {
    let known = seen(headers).map(|known| known.trim_matches('"'));
    let pace = Pace { all_at_once: terms.all_at_once, typed_count: terms.typed_count };
    let asked = edit::Asked { kind, name, to, known, dry_run: terms.dry_run, reason: &terms.reason, pace };
    edit::edit(app, op, asked).await
}

/// What holds on one cluster: each layer's word on each value, and where the flag says otherwise.
#[utoipa::path(get, path = "/api/v1/clusters/{id}/values", tag = "layers", params(("id" = String, Path)),
    responses((status = 200, body = ClusterValues), (status = 404, description = "not_found")))]
pub async fn of_cluster(
    State(app): State<Arc<App>>,
    op: OpContext,
    Path(id): Path<String>,
) -> Result<Answer<ClusterValues>, Refused> {
    Ok(Answer(values::values(&app, &op, &id).await?))
}
