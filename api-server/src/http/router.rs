//! The whole URL map.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post, put};

use super::api::{
    accept, account, api_token, attention, audit, audit_verification, budget, cluster, clusters, dashboard, event,
    gauge, grant, join_token, layer, layer_change, notification_target, openapi, query, region, remove, series,
    series_distinct, series_metric, series_trend, session, setup, store, store_check, stream, team,
};
use super::console::Console;
use super::problem::Refused;
use super::{Health, agent, call, health, sessions};
use crate::app::{App, Error};

/// Who may call a route, and whether it takes a place among the requests that are worked on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Everybody.
    Open,
    /// A person who is signed in.
    Person,
    /// The same, held open.
    PersonHeld,
    /// A cluster.
    Cluster,
    /// The same, held open.
    ClusterHeld,
}

struct Map {
    routes: Vec<(&'static str, &'static str, Door, MethodRouter<Arc<App>>)>,
}

impl Map {
    fn get<T: 'static>(&mut self, door: Door, path: &'static str, handler: impl Handler<T, Arc<App>>) {
        self.routes.push(("get", path, door, get(handler)));
    }

    fn post<T: 'static>(&mut self, door: Door, path: &'static str, handler: impl Handler<T, Arc<App>>) {
        self.routes.push(("post", path, door, post(handler)));
    }

    fn put<T: 'static>(&mut self, door: Door, path: &'static str, handler: impl Handler<T, Arc<App>>) {
        self.routes.push(("put", path, door, put(handler)));
    }

    fn delete<T: 'static>(&mut self, door: Door, path: &'static str, handler: impl Handler<T, Arc<App>>) {
        self.routes.push(("delete", path, door, delete(handler)));
    }
}

fn map() -> Map {
    use Door::{Cluster, ClusterHeld, Open, Person, PersonHeld};
    let mut map = Map { routes: vec![] };
    // Clusters.
    map.post(Open, "/agent/v1/enroll", agent::enroll::enroll);
    map.get(Open, "/agent/v1/trust", agent::trust::trust);
    map.get(ClusterHeld, "/agent/v1/desired", agent::desired::desired);
    map.post(Cluster, "/agent/v1/status", agent::status::status);
    map.post(Cluster, "/agent/v1/series", agent::series::series);
    // People and programs.
    map.post(Open, "/api/v1/setup", setup::setup);
    map.post(Open, "/api/v1/session", session::sign_in);
    map.get(Person, "/api/v1/session", session::current);
    map.delete(Person, "/api/v1/session", session::sign_out);
    map.get(Person, "/api/v1/clusters", clusters::list);
    map.get(Person, "/api/v1/clusters/{id}", cluster::detail);
    map.get(Person, "/api/v1/clusters/{id}/events", event::list);
    map.get(Person, "/api/v1/clusters/{id}/gauges", gauge::series);
    map.post(Person, "/api/v1/clusters/{id}/accept", accept::accept);
    map.post(Person, "/api/v1/clusters/{id}/remove", remove::remove);
    map.get(Person, "/api/v1/clusters/{id}/dashboards", dashboard::list);
    map.get(Person, "/api/v1/clusters/{id}/dashboards/{name}", dashboard::get);
    map.post(PersonHeld, "/api/v1/clusters/{id}/query", query::query);
    map.get(Person, "/api/v1/store-health", store::health);
    map.get(Person, "/api/v1/stores", store::list);
    map.post(PersonHeld, "/api/v1/stores", store::make);
    map.put(PersonHeld, "/api/v1/stores/{id}", store::change);
    map.delete(Person, "/api/v1/stores/{id}", store::remove);
    map.post(PersonHeld, "/api/v1/stores/{id}/check", store_check::check);
    map.get(Person, "/api/v1/series", series::list);
    map.get(Person, "/api/v1/series/metrics/{name}", series_metric::metric);
    map.get(Person, "/api/v1/series/trend", series_trend::trend);
    map.get(Person, "/api/v1/series/distinct", series_distinct::distinct);
    map.get(Person, "/api/v1/regions", region::list);
    map.get(Person, "/api/v1/attention", attention::list);
    map.get(Person, "/api/v1/budgets", budget::list);
    map.post(Person, "/api/v1/budgets", budget::make);
    map.get(Person, "/api/v1/budgets/{id}", budget::detail);
    map.put(Person, "/api/v1/budgets/{id}", budget::change);
    map.delete(Person, "/api/v1/budgets/{id}", budget::remove);
    map.get(Person, "/api/v1/budgets/{id}/history", budget::history);
    map.post(Person, "/api/v1/budgets/{id}/release", budget::release);
    map.get(Person, "/api/v1/notification-targets", notification_target::list);
    map.post(Person, "/api/v1/notification-targets", notification_target::make);
    map.delete(Person, "/api/v1/notification-targets/{id}", notification_target::remove);
    map.post(PersonHeld, "/api/v1/notification-targets/{id}/test", notification_target::test);
    map.get(Person, "/api/v1/join-tokens", join_token::list);
    map.post(Person, "/api/v1/join-tokens", join_token::make);
    map.delete(Person, "/api/v1/join-tokens/{id}", join_token::revoke);
    map.get(Person, "/api/v1/accounts", account::list);
    map.post(Person, "/api/v1/accounts", account::make);
    map.get(Person, "/api/v1/clusters/{id}/values", layer::of_cluster);
    map.get(Person, "/api/v1/layers", layer::list);
    map.put(Person, "/api/v1/layers/{kind}/{name}", layer::put);
    map.delete(Person, "/api/v1/layers/{kind}/{name}", layer::delete);
    map.get(Person, "/api/v1/changes", layer_change::list);
    map.post(Person, "/api/v1/changes/freeze", layer_change::freeze_all);
    map.get(Person, "/api/v1/changes/{id}", layer_change::detail);
    map.post(Person, "/api/v1/changes/{id}/freeze", layer_change::freeze);
    map.post(Person, "/api/v1/changes/{id}/resume", layer_change::resume);
    map.post(Person, "/api/v1/changes/{id}/undo", layer_change::undo);
    map.delete(Person, "/api/v1/accounts/{id}", account::delete);
    map.post(Person, "/api/v1/accounts/{id}/role", account::set_role);
    map.post(Person, "/api/v1/accounts/{id}/grants", grant::give);
    map.delete(Person, "/api/v1/accounts/{id}/grants/{grant}", grant::take);
    map.get(Person, "/api/v1/teams", team::list);
    map.post(Person, "/api/v1/teams", team::make);
    map.delete(Person, "/api/v1/teams/{id}", team::delete);
    map.get(Person, "/api/v1/api-tokens", api_token::list);
    map.post(Person, "/api/v1/api-tokens", api_token::make);
    map.delete(Person, "/api/v1/api-tokens/{id}", api_token::revoke);
    map.get(Person, "/api/v1/audit", audit::list);
    map.get(Person, "/api/v1/audit/verification", audit_verification::verify);
    map.get(PersonHeld, "/api/v1/stream", stream::stream);
    map.get(Person, "/api/v1/openapi.json", openapi::document);
    map
}

/// Method and path of every route of both surfaces.
pub fn routes() -> Vec<(&'static str, &'static str)> {
    map().routes.into_iter().map(|(method, path, _, _)| (method, path)).collect()
}

/// Everything that the hub answers to.
pub fn router(app: Arc<App>, health: Health, web: Option<PathBuf>) -> Router {
    let (mut placed, mut held) = (Router::new(), Router::new());
    for (_, path, door, route) in map().routes {
        let person = || from_fn_with_state(app.clone(), sessions::signed_in);
        let our_pages = || from_fn(call::from_our_pages);
        let route = match door {
            Door::Open if path.starts_with("/api/") => route.layer(our_pages()),
            Door::Open => route,
            Door::Person | Door::PersonHeld => route.layer(our_pages()).layer(person()),
            Door::Cluster | Door::ClusterHeld => {
                route.layer(from_fn_with_state(app.clone(), sessions::with_credential))
            }
        };
        let route = route.layer(map_response(async move |mut response: Response| {
            response.extensions_mut().insert(call::Route(path));
            response
        }));
        match door {
            Door::PersonHeld | Door::ClusterHeld => held = held.route(path, route),
            _ => placed = placed.route(path, route),
        }
    }
    let placed = placed.layer(from_fn_with_state(app.clone(), call::placed));
    let surfaces = placed.merge(held).layer(DefaultBodyLimit::max(call::BODY_BYTES));
    let console = Console::new(web);
    let files = move |method, uri, headers| async move { console.serve(method, uri, headers).await };
    let surfaces = surfaces
        .route("/api/{*path}", axum::routing::any(nothing))
        .route("/agent/{*path}", axum::routing::any(nothing))
        .fallback(files)
        .layer(from_fn_with_state(app.clone(), call::named));
    // Not behind any of the layers above: their limits are never in the way of health.
    let own = Router::new()
        .route("/healthz", get(health::healthz))
        .route(
            "/readyz",
            get(move |State(app): State<Arc<App>>| async move { health::readyz(&health, app.ending.is_cancelled()) }),
        )
        .route("/metrics", get(metrics));
    surfaces.merge(own).layer(map_response(headers)).with_state(app)
}

async fn nothing() -> Response {
    Refused(Error::NotFound { what: "such address".into() }).into_response()
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    match app.metrics.text(&app) {
        Ok(text) => (kind, text).into_response(),
        Err(error) => Refused(Error::Internal(error.into())).into_response(),
    }
}

/// What a browser may do with anything from here.
async fn headers(mut response: Response) -> Response {
    let rules = [
        (
            header::CONTENT_SECURITY_POLICY,
            // Styles are set by scripts of ours as attributes, which a policy cannot tell from foreign ones.
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in rules {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_in_the_document_and_nothing_else_is() {
        let document: serde_json::Value =
            serde_json::from_str(&crate::openapi::text().expect("a document")).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().into_iter().flatten().map(|(method, _)| (method.clone(), path.clone()))
            })
            .collect();
        let served: BTreeSet<(String, String)> =
            super::routes().into_iter().map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
        assert_eq!(described, served);
    }
}
