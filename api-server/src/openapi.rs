//! Both surfaces as OpenAPI, for the console's client and for programs of others.

use anyhow::{Context, Result};
use utoipa::OpenApi;

use crate::http::agent::{desired, enroll, series as meter_series, status, trust};
use crate::http::api::{
    accept, account, api_token, attention, audit, audit_verification, budget, cluster, clusters, dashboard, event,
    gauge, grant, join_token, layer, layer_change, notification_target, openapi, query, region, remove, series,
    series_distinct, series_metric, series_trend, session, setup, store, store_check, stream, team,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Flagstaff hub",
        description = "Many clusters in one view. Refusals are `application/problem+json` with a stable `code`. Under /api/v1, programs send `Authorization: Bearer` with an API token; writes by a session need the header `X-Flagstaff-Csrf: 1`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        enroll::enroll,
        trust::trust,
        desired::desired,
        status::status,
        meter_series::series,
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
        series::list,
        series_metric::metric,
        series_trend::trend,
        series_distinct::distinct,
        region::list,
        attention::list,
        budget::list,
        budget::make,
        budget::detail,
        budget::change,
        budget::remove,
        budget::history,
        budget::release,
        notification_target::list,
        notification_target::make,
        notification_target::remove,
        notification_target::test,
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
        account::delete,
        account::set_role,
        grant::give,
        grant::take,
        team::list,
        team::make,
        team::delete,
        api_token::list,
        api_token::make,
        api_token::revoke,
        audit::list,
        audit_verification::verify,
        stream::stream,
        openapi::document,
    ),
    components(schemas(crate::app::view::Event, crate::app::write::Tried))
)]
struct Document;

/// Names each operation after its method and path, such as `get_clusters_id_events`: handlers of different files have equal names.
fn name_operations(document: &mut serde_json::Value) {
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        let surface = if path.starts_with("/agent/") { vec!["agent"] } else { vec![] };
        let words = path.split(['/', '{', '}', '-', '.']).filter(|word| !["", "api", "agent", "v1"].contains(word));
        let words: Vec<&str> = surface.into_iter().chain(words).collect();
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            operation["operationId"] = format!("{method}_{}", words.join("_")).into();
        }
    }
}

/// The document, as it is kept in openapi.json.
pub fn text() -> Result<String> {
    let mut document = serde_json::to_value(Document::openapi()).context("describe the surfaces")?;
    name_operations(&mut document);
    // The version of a program is no version of its surface: the path has that.
    document["info"]["version"] = "v1".into();
    let mut text = serde_json::to_string_pretty(&document).context("write the description")?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn no_two_operations_have_one_name() {
        let document: serde_json::Value = serde_json::from_str(&super::text().expect("a document")).expect("JSON");
        let mut names = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let name = operation["operationId"].as_str().expect("a name").to_owned();
                assert!(names.insert(name.clone()), "{name} is the name of {method} {path} and of another one");
            }
        }
        assert!(names.contains("get_clusters_id_events") && names.contains("post_agent_enroll"), "{names:?}");
    }
}
