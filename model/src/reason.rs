//! Why a condition of a flag has the status it has: a closed list, each documented in docs/operate/conditions.md.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The reason of a condition.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// Every reason there is, for documents and tests.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// The word as it stands in the condition.
            pub fn as_str(self) -> &'static str {
                match self { $(Reason::$name => stringify!($name),)+ }
            }

            /// One sentence on what it means.
            pub fn meaning(self) -> &'static str {
                match self { $(Reason::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

reasons! {
    /// Every object is applied and ready, and a destination takes what the agents send.
    Healthy,
    /// Objects were applied and are not all ready yet.
    Waiting,
    /// The wait for health ran out; the message names what is not ready.
    NotReady,
    /// The flag is switched off and everything it had installed is removed.
    Disabled,
    /// `spec.suspend` is true: what runs is left as it is.
    Suspended,
    /// Everything is installed and nothing is sent, because no destination is given.
    NoDestination,
    /// A Secret that a destination names does not exist.
    SecretMissing,
    /// A Secret that a destination names cannot be read, or lacks the named key.
    SecretUnreadable,
    /// All destinations are usable.
    DestinationsUsable,
    /// The values do not fit the pack's schema, or the pack does not render.
    TemplateInvalid,
    /// The pack asks for something this cluster does not have.
    RequirementMissing,
    /// The template version asked for is not known to this operator.
    TemplateUnknown,
    /// A newer template is compiled in than the one applied; it is applied when asked for.
    UpdateAvailable,
    /// The applied template is the newest one known.
    UpToDate,
    /// An agent refused the new configuration and goes on with the last good one.
    ConfigurationRefused,
    /// The agents run the newest configuration.
    ConfigurationAccepted,
    /// A new configuration is being tried by the agents.
    ConfigurationPending,
    /// Another field manager keeps changing our fields; we stopped fighting for them.
    Contested,
    /// An object of that name exists and is not ours; set `adopt` to take it over.
    NotOurs,
    /// The API server refused an object.
    ApplyFailed,
    /// Nothing was pruned because a list or the discovery failed.
    PruneSkipped,
    /// The platform namespace does not exist; it belongs to Helm, or to whoever runs the operator by hand.
    NamespaceMissing,
    /// The operator may not do something it has to; the message names the right.
    Forbidden,
    /// Rules are written, and nothing in this cluster evaluates them.
    NoEvaluator,
    /// Rules are loaded by the evaluator named in the message.
    EvaluatorFound,
    /// The ruler outside of the cluster does not answer; writing the rules is tried again.
    RulerUnreachable,
    /// The ruler outside of the cluster refused what was written to it; the message has its words.
    RulerRefused,
    /// The last passes could not be finished; what runs is left as it is and the pass is tried again.
    PassFailed,
    /// The hub knows this cluster and takes its reports.
    HubConnected,
    /// The hub does not answer; everything in the cluster goes on without it.
    HubUnreachable,
    /// The Secret with the join token is missing, lacks its key, or holds something else.
    JoinTokenMissing,
    /// The hub refused the join token: unknown, expired, used up, revoked, or for other labels.
    JoinTokenRefused,
    /// What answers at the hub's URL has not the identity key that the join token pinned.
    HubUntrusted,
    /// The hub refused a message; the message has its words.
    HubRefused,
    /// The hub answers from an older or another database; it is not followed until a person confirms.
    HubOlderState,
    /// The hub knows this cluster, and a person has yet to accept it there.
    HubNotAccepted,
    /// This cluster left the hub by an order; it joins again with another join token.
    HubLeft,
    /// The flag leaves it to the hub whether the cluster is observed, and the hub has not said yet; what runs is left as it is.
    HubSilent,
    /// What the hub sets in layers is followed.
    SettingsFollowed,
    /// What the hub sets cannot be followed; the message has layer and place, and what was good before runs on.
    SettingsRefused,
    /// A kube-state-metrics or node-exporter of somebody else is used, or ours moved aside.
    BesideForeign,
    /// Nothing of somebody else does the same work.
    NoForeign,
    /// The cluster agents came near their memory cap and leave the named monitors out.
    Shedding,
    /// The cluster agents read everything that they were asked to.
    NothingShed,
    /// Work is under way.
    Progressing,
    /// Nothing is under way.
    Settled,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
