//! Asks the API server what somebody may do, many questions at once.

use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::authorization::v1::{
    NonResourceAttributes, ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
    SubjectAccessReview, SubjectAccessReviewSpec,
};
use kube::api::PostParams;
use kube::{Api, Client};

use super::chart::Right;

/// Questions under way at once.
const CONCURRENCY: usize = 16;

/// Somebody whose rights are asked for.
pub struct Reviewer {
    client: Client,
    /// User and groups; none: whoever asks.
    subject: Option<(String, Vec<String>)>,
}

impl Reviewer {
    /// Whoever asks.
    pub fn myself(client: &Client) -> Self {
        Self { client: client.clone(), subject: None }
    }

    /// A service account.
    pub fn of_account(client: &Client, namespace: &str, name: &str) -> Self {
        let groups = vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{namespace}"),
            "system:authenticated".to_owned(),
        ];
        Self { client: client.clone(), subject: Some((format!("system:serviceaccount:{namespace}:{name}"), groups)) }
    }

    /// Whether they have a right.
    pub async fn may(&self, right: &Right) -> Result<bool, kube::Error> {
        let (resource_attributes, non_resource_attributes) = attributes(right);
        let status = match &self.subject {
            None => {
                let spec = SelfSubjectAccessReviewSpec { resource_attributes, non_resource_attributes };
                let review = SelfSubjectAccessReview { spec, ..SelfSubjectAccessReview::default() };
                Api::<SelfSubjectAccessReview>::all(self.client.clone())
                    .create(&PostParams::default(), &review)
                    .await?
                    .status
            }
            Some((user, groups)) => {
                let spec = SubjectAccessReviewSpec {
                    user: Some(user.clone()),
                    groups: Some(groups.clone()),
                    resource_attributes,
                    non_resource_attributes,
                    ..SubjectAccessReviewSpec::default()
                };
                let review = SubjectAccessReview { spec, ..SubjectAccessReview::default() };
                Api::<SubjectAccessReview>::all(self.client.clone())
                    .create(&PostParams::default(), &review)
                    .await?
                    .status
            }
        };
        Ok(status.is_some_and(|status| status.allowed))
    }

    /// Those of the rights that they lack.
    pub async fn lacking(&self, rights: Vec<Right>) -> Result<Vec<Right>, kube::Error> {
        let mut questions = vec![];
        for right in rights {
            questions.push(async move { Ok::<_, kube::Error>((self.may(&right).await?, right)) });
        }
        let answers: Vec<(bool, Right)> = stream::iter(questions).buffered(CONCURRENCY).try_collect().await?;
        Ok(answers.into_iter().filter(|(may, _)| !may).map(|(_, right)| right).collect())
    }
}

fn attributes(right: &Right) -> (Option<ResourceAttributes>, Option<NonResourceAttributes>) {
    if let Some(path) = &right.path {
        let verb = Some(right.verb.clone());
        return (None, Some(NonResourceAttributes { path: Some(path.clone()), verb }));
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let attributes = ResourceAttributes {
        group: some(&right.group),
        resource: some(&right.resource),
        subresource: some(&right.subresource),
        verb: some(&right.verb),
        namespace: right.namespace.clone(),
        ..ResourceAttributes::default()
    };
    (Some(attributes), None)
}

/// The name of whoever asks, as the API server knows them.
pub async fn who(client: &Client) -> String {
    let review = SelfSubjectReview::default();
    let answer = Api::<SelfSubjectReview>::all(client.clone()).create(&PostParams::default(), &review).await;
    answer
        .ok()
        .and_then(|review| review.status?.user_info?.username)
        .unwrap_or_else(|| "the user of this kubeconfig".to_owned())
}
