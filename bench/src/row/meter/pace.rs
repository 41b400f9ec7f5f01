//! Requests at a steady pace, through the meter and straight to what stands behind it.

use std::time::{Duration, Instant};

use anyhow::Result;
use flagstaff_tests::load::message;
use flagstaff_tests::load::{Load, Shape};
use flagstaff_tests::sink::Sink;
use k8s_openapi::jiff::Timestamp;

use super::receiver::{Kind, Receiver};
use super::{AT_ONCE, percentile};
use crate::record::Recorder;

/// Samples a second.
const PACE: usize = 50_000;
const FOR: Duration = Duration::from_secs(5);

/// Measures both once.
pub async fn one(run: usize, series: usize, recorder: &mut Recorder) -> Result<()> {
    let sink = Sink::start().await?;
    let meter = Receiver::start(Kind::Inline, &sink).await?;
    for (word, url) in [("through the meter", meter.write_url.as_str()), ("straight", sink.url())] {
        let mut times = paced(url, series).await?;
        for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
            let value = percentile(&mut times, share)? * 1000.0;
            recorder.add(run, &format!("50,000 samples a second {word}: {name} of an answer"), "ms", value)?;
        }
    }
    Ok(())
}

/// Seconds from a request, already packed, to its answer. One that is late does not wait for its turn.
async fn paced(url: &str, series: usize) -> Result<Vec<f64>> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    let shape = Shape { cluster: "bench".into(), region: "here".into(), series };
    let mut load = Load::new(shape, AT_ONCE);
    let mut due = tokio::time::interval(Duration::from_secs_f64(AT_ONCE as f64 / PACE as f64));
    let begun = Instant::now();
    let mut times = vec![];
    while begun.elapsed() < FOR {
        let body = message::packed(load.next(Timestamp::now().as_millisecond()))?;
        due.tick().await;
        let sent = Instant::now();
        message::post(&client, url, body).await?;
        times.push(sent.elapsed().as_secs_f64());
    }
    Ok(times)
}
