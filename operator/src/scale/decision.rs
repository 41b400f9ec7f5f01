//! Decides from what the cluster agents use whether there have to be more of them, or what they leave out.

use std::collections::BTreeMap;

use flagstaff_template::Scale;

/// At this share of its cap an agent is pressed.
const PRESSED: f64 = 0.85;
/// At this share there is no time to wait for what the last step brought.
const URGENT: f64 = 0.95;
/// Below this share there is room again.
const RELAXED: f64 = 0.60;
/// So many looks in a row have to find it pressed.
const PRESSED_LOOKS: u32 = 2;
/// So many looks a step is given to show: memory of series that are left out is freed with the write-ahead log, every 15 minutes.
const SETTLE_LOOKS: u32 = 30;
/// The same when it is urgent.
const URGENT_LOOKS: u32 = 4;
/// So many looks in a row have to find room before a step back.
const RELAXED_LOOKS: u32 = 60;
/// What had to be left out again waits up to so many times as long for its return.
const PATIENCE: u32 = 48;

/// What the flag allows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// The least replicas.
    pub replicas: u32,
    /// The most.
    pub most_replicas: u32,
    /// The cap of each in bytes.
    pub memory_bytes: u64,
    /// Whether the template can leave monitors out.
    pub sheds: bool,
    /// Namespaces, or `namespace/name`, whose monitors are left out before others, in this order.
    pub shed_first: Vec<String>,
    /// Namespaces, or `namespace/name`, whose monitors are never left out.
    pub shed_never: Vec<String>,
}

/// What the cluster agents use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// Bytes of memory of each replica.
    pub memory_bytes: Vec<f64>,
    /// How heavy each monitor is, over all replicas.
    pub monitors: BTreeMap<String, f64>,
}

/// What is remembered between looks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watch {
    /// What holds now.
    pub scale: Scale,
    /// Looks since the last step.
    since_step: u32,
    pressed: u32,
    relaxed: u32,
    /// How often each monitor came back and had to go again.
    returned: BTreeMap<String, u32>,
}

/// What was done, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is one replica more.
    Grew,
    /// There is one replica less.
    Shrank,
    /// This monitor is left out from now on.
    Shed(String),
    /// This monitor is read again.
    Returned(String),
}

impl Watch {
    /// Goes on from what was written down.
    pub fn from(scale: Scale) -> Self {
        Self { scale, since_step: SETTLE_LOOKS, ..Self::default() }
    }

    /// Takes one look; a step at most comes of it.
    pub fn look(&mut self, limits: &Limits, load: &Load) -> Option<Step> {
        self.since_step = self.since_step.saturating_add(1);
        self.scale.shed.retain(|monitor| !is_named(&limits.shed_never, monitor));
        let replicas = self.scale.replicas.clamp(limits.replicas, limits.most_replicas.max(limits.replicas));
        self.scale.replicas = replicas;
        let share = share(limits, load)?;
        self.pressed = if share >= PRESSED { self.pressed + 1 } else { 0 };
        self.relaxed = if share < RELAXED { self.relaxed + 1 } else { 0 };
        let settle = if share >= URGENT { URGENT_LOOKS } else { SETTLE_LOOKS };
        let step = if self.pressed >= PRESSED_LOOKS && self.since_step >= settle {
            self.relieve(limits, load)
        } else if self.relaxed >= RELAXED_LOOKS && self.since_step >= RELAXED_LOOKS {
            self.restore(limits, load)
        } else {
            None
        };
        if step.is_some() {
            (self.since_step, self.pressed, self.relaxed) = (0, 0, 0);
        }
        step
    }

    fn relieve(&mut self, limits: &Limits, load: &Load) -> Option<Step> {
        if self.scale.replicas < limits.most_replicas {
            self.scale.replicas += 1;
            return Some(Step::Grew);
        }
        if !limits.sheds {
            return None;
        }
        let monitor = self.least_important(limits, load)?;
        if let Some(times) = self.returned.get_mut(&monitor) {
            *times += 1;
        }
        self.scale.shed.push(monitor.clone());
        Some(Step::Shed(monitor))
    }

    /// What the flag names first, in its order; then the heaviest; of equals the first by name.
    fn least_important(&self, limits: &Limits, load: &Load) -> Option<String> {
        let left: BTreeMap<_, _> = load
            .monitors
            .iter()
            .filter(|(monitor, _)| !self.scale.shed.contains(*monitor) && !is_named(&limits.shed_never, monitor))
            .collect();
        let rank = |monitor: &str| limits.shed_first.iter().position(|name| matches(name, monitor));
        left.into_iter()
            .min_by(|(one, its), (two, other)| {
                let first = rank(one).unwrap_or(usize::MAX).cmp(&rank(two).unwrap_or(usize::MAX));
                first.then(other.total_cmp(its)).then(one.cmp(two))
            })
            .map(|(monitor, _)| monitor.clone())
    }

    /// What was left out last comes back first; then replicas go, where fewer would still have room.
    fn restore(&mut self, limits: &Limits, load: &Load) -> Option<Step> {
        if let Some(monitor) = self.scale.shed.last().cloned() {
            let times = self.returned.get(&monitor).copied().unwrap_or_default();
            if self.relaxed < RELAXED_LOOKS * (1_u32 << times.min(8)).min(PATIENCE) {
                return None;
            }
            self.scale.shed.pop();
            self.returned.entry(monitor.clone()).or_default();
            return Some(Step::Returned(monitor));
        }
        let fewer = self.scale.replicas.checked_sub(1).filter(|fewer| *fewer >= limits.replicas.max(1))?;
        let together: f64 = load.memory_bytes.iter().sum();
        if together / f64::from(fewer) >= RELAXED * limits.memory_bytes as f64 {
            return None;
        }
        self.scale.replicas = fewer;
        Some(Step::Shrank)
    }
}

/// The share of its cap that the fullest replica takes; not known where no replica says it.
fn share(limits: &Limits, load: &Load) -> Option<f64> {
    let fullest = load.memory_bytes.iter().copied().reduce(f64::max)?;
    (limits.memory_bytes > 0).then(|| fullest / limits.memory_bytes as f64)
}

fn is_named(names: &[String], monitor: &str) -> bool {
    names.iter().any(|name| matches(name, monitor))
}

/// Whether a namespace, or `namespace/name`, names a monitor such as `serviceMonitor/shop/checkout`.
fn matches(name: &str, monitor: &str) -> bool {
    let Some((_, own)) = monitor.split_once('/') else { return false };
    own == name || own.split('/').next() == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAP: u64 = 1000;

    fn limits(most_replicas: u32) -> Limits {
        Limits {
            replicas: 1,
            most_replicas,
            memory_bytes: CAP,
            sheds: true,
            shed_first: vec!["batch".into()],
            shed_never: vec!["shop/checkout".into()],
        }
    }

    fn load(share: f64) -> Load {
        let monitors = [
            ("serviceMonitor/shop/checkout", 900.0),
            ("serviceMonitor/shop/search", 500.0),
            ("podMonitor/shop/mail", 600.0),
            ("probe/batch/nightly", 1.0),
        ];
        Load {
            memory_bytes: vec![share * CAP as f64],
            monitors: monitors.map(|(name, weight)| (name.to_owned(), weight)).into(),
        }
    }

    fn steps(watch: &mut Watch, limits: &Limits, share: f64, looks: u32) -> Vec<Step> {
        (0..looks).filter_map(|_| watch.look(limits, &load(share))).collect()
    }

    #[test]
    fn it_grows_first_and_leaves_out_by_importance_then() {
        let (limits, mut watch) = (limits(2), Watch::from(Scale::default()));
        assert_eq!(steps(&mut watch, &limits, 0.80, 100), [], "not pressed");
        assert_eq!(steps(&mut watch, &limits, 0.90, 1), [], "one look proves nothing");
        assert_eq!(steps(&mut watch, &limits, 0.90, 1), [Step::Grew]);
        let shed = |name: &str| Step::Shed(name.to_owned());
        let all = [shed("probe/batch/nightly"), shed("podMonitor/shop/mail"), shed("serviceMonitor/shop/search")];
        assert_eq!(steps(&mut watch, &limits, 0.90, 200), all, "what must stay stays");
        assert_eq!(watch.scale.replicas, 2);
    }

    #[test]
    fn a_step_is_given_time_and_less_of_it_when_it_is_urgent() {
        let (limits, mut watch) = (limits(1), Watch::from(Scale::default()));
        assert_eq!(steps(&mut watch, &limits, 0.90, 2).len(), 1);
        assert_eq!(steps(&mut watch, &limits, 0.90, SETTLE_LOOKS - 1), []);
        assert_eq!(steps(&mut watch, &limits, 0.90, 1).len(), 1);
        assert_eq!(steps(&mut watch, &limits, 0.97, URGENT_LOOKS).len(), 1);
    }

    #[test]
    fn what_was_left_out_comes_back_when_there_is_room_and_waits_longer_each_time() {
        let (limits, mut watch) = (limits(1), Watch::from(Scale { replicas: 1, shed: vec![] }));
        let mut waited = vec![];
        for _ in 0..3 {
            while watch.scale.shed.is_empty() {
                watch.look(&limits, &load(0.90));
            }
            let looks = (1..10_000).find(|_| watch.look(&limits, &load(0.10)).is_some()).expect("it comes back");
            waited.push(looks);
        }
        assert_eq!(waited, [RELAXED_LOOKS, RELAXED_LOOKS * 2, RELAXED_LOOKS * 4]);
    }

    #[test]
    fn replicas_go_only_where_fewer_have_room() {
        let limits = limits(3);
        let mut watch = Watch::from(Scale { replicas: 3, shed: vec![] });
        let two = |share: f64| Load { memory_bytes: vec![share * CAP as f64; 3], ..Load::default() };
        assert!((0..500).all(|_| watch.look(&limits, &two(0.5)).is_none()), "two would be at 0.75");
        assert!((0..500).any(|_| watch.look(&limits, &two(0.3)) == Some(Step::Shrank)));
    }

    #[test]
    fn what_is_not_known_changes_nothing() {
        let (limits, mut watch) =
            (limits(3), Watch::from(Scale { replicas: 2, shed: vec!["probe/batch/nightly".into()] }));
        let before = watch.scale.clone();
        assert!((0..500).all(|_| watch.look(&limits, &Load::default()).is_none()));
        assert_eq!(watch.scale, before);
    }

    #[test]
    fn a_changed_flag_holds_at_once() {
        let mut watch = Watch::from(Scale { replicas: 9, shed: vec!["serviceMonitor/shop/checkout".into()] });
        watch.look(&limits(2), &Load::default());
        assert_eq!(watch.scale, Scale { replicas: 2, shed: vec![] });
    }
}
