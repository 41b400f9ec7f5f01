//! Both surfaces as OpenAPI, for the console's client and for programs of others.

use anyhow::{Context, Result};
use utoipa::OpenApi;

use crate::http::agent::{desired, enroll, status, trust};
use crate::http::api::{
    accept, account, attention, audit, cluster, clusters, dashboard, event, gauge, join_token, layer, layer_change,
    openapi, query, region, remove, session, setup, store, store_check, stream,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Flagstaff hub",
        description = "Many clusters in one view. Refusals are `application/problem+json` with a stable `code`. Writes under /api/v1 need the header `X-Flagstaff-Csrf: 1`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        enroll::enroll,
        trust::trust,
        desired::desired,
        status::status,
        setup::setup,
        session::sign_in,
        session::current,
        session::sign_out,
        clusters::list,
        cluster::detail,
        event::list,
        gauge::series,
        accept::accept,
        remove::remove,
        dashboard::list,
        dashboard::get,
        query::query,
        store::health,
        store::list,
        store::make,
        store::change,
        store::remove,
        store_check::check,
        region::list,
        attention::list,
        join_token::list,
        join_token::make,
        join_token::revoke,
        account::list,
        account::make,
        layer::of_cluster,
        layer::list,
        layer::put,
        layer::delete,
        layer_change::list,
        layer_change::freeze_all,
        layer_change::detail,
        layer_change::freeze,
        layer_change::resume,
        layer_change::undo,
        audit::list,
        stream::stream,
        openapi::document,
    ),
    components(schemas(crate::app::view::Event))
)]
struct Document;

/// The document, as it is kept in openapi.json.
pub fn text() -> Result<String> {
    let mut document = serde_json::to_value(Document::openapi()).context("describe the surfaces")?;
    // The version of a program is no version of its surface: the path has that.
    document["info"]["version"] = "v1".into();
    let mut text = serde_json::to_string_pretty(&document).context("write the description")?;
    text.push('\n');
    Ok(text)
}
