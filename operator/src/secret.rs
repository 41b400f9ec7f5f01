//! One key of one Secret in the platform namespace, read by name.

use k8s_openapi::api::core::v1::Secret;
use kube::api::Api;

use crate::context::Context;

/// The value as text, without the line break at its end.
///
/// # Errors
/// A sentence on what is wrong: no such Secret, no such key, no text, or the API server's words.
pub async fn text(context: &Context, name: &str, key: &str) -> Result<String, String> {
    let api: Api<Secret> = Api::namespaced(context.client.clone(), &context.settings.namespace);
    let secret = api.get_opt(name).await.map_err(|error| crate::error::sentence(&error))?;
    let secret = secret.ok_or_else(|| format!("does not exist; create it with key `{key}`"))?;
    let bytes = secret.data.and_then(|mut data| data.remove(key)).ok_or_else(|| format!("has no key `{key}`"))?;
    String::from_utf8(bytes.0).map(|text| text.trim_end().to_owned()).map_err(|_| "is not text".into())
}
