//! `GET /agent/v1/trust`: no errors; nothing secret in question or answer.

use std::sync::Arc;

use axum::extract::State;
use flagstaff_model::wire::TrustAnswer;

use crate::app::App;
use crate::http::call::Answer;

/// The certificates that clusters are to trust, signed by the key that join tokens pin.
#[utoipa::path(get, path = "/agent/v1/trust", tag = "agent", responses((status = 200, description = "`TrustAnswer` of flagstaff-model")))]
pub async fn trust(State(app): State<Arc<App>>) -> Answer<TrustAnswer> {
    Answer(app.trust.clone())
}
