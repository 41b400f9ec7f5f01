//! Row: what it costs to count samples on their way and to pass them on, beside vmagent and Prometheus' agent under the same load.

mod pace;
mod receiver;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use flagstaff_tests::load::message;
use flagstaff_tests::load::{Load, Shape};
use flagstaff_tests::sink::Sink;
use k8s_openapi::jiff::Timestamp;

use super::{Aim, Chapter, Headline};
use crate::process::Usage;
use crate::progress::step;
use crate::record::{Recorder, Results};
use crate::report::format;
use receiver::{Kind, Receiver};

/// The row's name.
pub const NAME: &str = "meter";
/// Series in one request.
const AT_ONCE: usize = 2000;
/// What passes on has passed all of it on when its work stands still for so long.
const STILL: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(120);

const SERIES: &str = "series";
const TAP: &str = "meter, tap, all by metric, team and job, exact: processor time for a million series";
const LABELS: &str = "meter, tap, what each label costs too: processor time for a million series";
const INLINE: &str = "meter, inline, counting the same: processor time for a million series";
const VMAGENT: &str = "vmagent: processor time for a million series";
const AGENT: &str = "prometheus --agent: processor time for a million series";

/// How it is measured.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// Active series
    #[arg(long, default_value_t = 500_000)]
    pub series: usize,
    /// How often each series is sent after its first time
    #[arg(long, default_value_t = 4)]
    pub rounds: usize,
}

/// What the report says of it.
pub fn chapter() -> Chapter {
    Chapter {
        row: NAME,
        title: "Counting series and passing them on",
        about: "Remote write 1.0 (snappy), made-up series of twelve labels, 2,000 samples a request, from one sender that waits for each \
                answer. Every program is new in every run; each series is sent once (its first time is a line of its own), then again and \
                again (the processor time for a million of those is the figure, as the kernel counts it for the process, so that what else \
                runs on the machine weighs little). What passes on sends to a program that reads bodies and answers 204; the clock of \
                processor time stops when nothing has been passed on for two seconds. vmagent is Debian's, with its queue on disk as it \
                comes; Prometheus' agent has its usual write-ahead log. The two \
                promise more than the meter: they keep what a store does not take, where the meter leaves that to the sender's queue. \
                Then requests come at a steady 50,000 samples a second through the meter, and straight to the program behind it.",
        aims: vec![
            Aim::at_most("inline with counting, beside vmagent", INLINE, VMAGENT, 0.5),
            Aim::at_most("inline with counting, beside prometheus --agent", INLINE, AGENT, 0.5),
        ],
        headlines: vec![Headline { work: "Counting 500,000 active series on their way", text: headline }],
        context: vec![
            "VictoriaMetrics' vmestimator 0.1.9, sketches only, by metric and by namespace: 1.8 million series per second of processor time, \
             23 MB, with series of about 320 bytes on a machine of this kind. Its module is not served to this one, so that it was not run \
             here: context, not a comparison.",
        ],
    }
}

fn headline(results: &Results) -> Option<String> {
    let (tap, memory) = (results.median(TAP)?, results.median(&memory(Kind::Tap))?);
    let ratio = results.median(INLINE)? / results.median(VMAGENT)?;
    Some(format!(
        "{} of processor time for a million samples, {}; inline {} × vmagent's",
        format::value(tap, "s"),
        format::value(memory, "MB"),
        format::number(ratio)
    ))
}

fn figure(kind: Kind) -> &'static str {
    match kind {
        Kind::Tap => TAP,
        Kind::Labels => LABELS,
        Kind::Inline => INLINE,
        Kind::Vmagent => VMAGENT,
        Kind::Agent => AGENT,
    }
}

fn memory(kind: Kind) -> String {
    format!("{}: resident memory at the end", kind.word())
}

/// Measures it.
pub async fn measure(options: &Options) -> Result<()> {
    let mut recorder = Recorder::begin(NAME)?;
    recorder.add(1, SERIES, "", options.series as f64)?;
    for run in 1..=options.runs {
        for kind in Kind::ALL {
            let name = format!("run {run} of {}: {}", options.runs, kind.word());
            step(&name, 9, one(run, kind, options, &mut recorder)).await?;
        }
        step("a steady pace through the meter", 11, pace::one(run, options.series, &mut recorder)).await?;
    }
    recorder.finish()
}

async fn one(run: usize, kind: Kind, options: &Options, recorder: &mut Recorder) -> Result<()> {
    let sink = Sink::start().await?;
    let receiver = Receiver::start(kind, &sink).await?;
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?;
    let shape = Shape { cluster: "bench".into(), region: "here".into(), series: options.series };
    let mut load = Load::new(shape, AT_ONCE);
    let millions = load.requests() as f64 * AT_ONCE as f64 / 1e6;
    let before = receiver.usage()?;
    round(&client, &receiver, &mut load).await?;
    let mut first = still(&receiver, &sink).await?;
    let new = (first.cpu_seconds - before.cpu_seconds) / millions;
    if kind == Kind::Labels {
        receiver.look_at_labels().await?;
        round(&client, &receiver, &mut load).await?;
        let seen = still(&receiver, &sink).await?;
        let once = (seen.cpu_seconds - first.cpu_seconds) / millions;
        recorder.add(run, "the same when each series' labels are seen for the first time in an hour", "s", once)?;
        first = seen;
    }
    for _ in 0..options.rounds {
        round(&client, &receiver, &mut load).await?;
    }
    let last = still(&receiver, &sink).await?;
    let word = kind.word();
    let again = (last.cpu_seconds - first.cpu_seconds) / (millions * options.rounds as f64);
    recorder.add(run, figure(kind), "s", again)?;
    recorder.add(run, &format!("{word}: the same when each series is new"), "s", new)?;
    recorder.add(run, &memory(kind), "MB", last.resident)?;
    recorder.add(run, &format!("{word}: largest resident memory"), "MB", last.peak)?;
    receiver.check(options.series).await
}

async fn round(client: &reqwest::Client, receiver: &Receiver, load: &mut Load) -> Result<()> {
    for _ in 0..load.requests() {
        message::send(client, &receiver.write_url, load.next(Timestamp::now().as_millisecond())).await?;
    }
    Ok(())
}

/// What the receiver has used when it has nothing left to do.
async fn still(receiver: &Receiver, sink: &Sink) -> Result<Usage> {
    let begun = std::time::Instant::now();
    let mut seen = (sink.bytes(), receiver.usage()?.cpu_seconds);
    loop {
        tokio::time::sleep(STILL).await;
        let usage = receiver.usage()?;
        let now = (sink.bytes(), usage.cpu_seconds);
        // Its own beat goes on.
        if now.0 == seen.0 && now.1 - seen.1 < 0.1 {
            return Ok(usage);
        }
        anyhow::ensure!(begun.elapsed() < LIMIT, "{} is busy after {LIMIT:?}", receiver.write_url);
        seen = now;
    }
}

/// A percentile of values, `share` from 0 to 1.
fn percentile(values: &mut [f64], share: f64) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 * share).ceil() as usize).clamp(1, values.len().max(1)) - 1;
    values.get(at).copied().context("no values")
}
