//! Series of the fleet at a real hub with its Postgres. What meters report is made by hand (`Counted`): numbers and sketches that a test
//! can add up itself; no meter stands behind it.

mod keeping;
mod refused;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Cluster, Counted, PASSWORD, Person, hour, written};
use serde_json::{Value, json};

/// A cluster of a region that has joined.
async fn joined(hub: &Hub, admin: &Person<'_>, name: &str, region: &str) -> Result<(Cluster, String)> {
    let mut cluster = Cluster::new(name);
    cluster.region = region.to_owned();
    let token = admin.join_token(json!({})).await?;
    let joined = cluster.enroll(hub, token["token"].as_str().context("a token")?).await?.good()?;
    Ok((cluster, joined["cluster_id"].as_str().context("an id")?.to_owned()))
}

/// Name and active series of each item.
fn items(list: &Value) -> Vec<(&str, u64)> {
    let items = list.as_array().into_iter().flatten();
    items
        .map(|item| (item["name"].as_str().unwrap_or("?"), item["series"]["value"].as_u64().unwrap_or(u64::MAX)))
        .collect()
}

/// Two clusters in one region, one in another, and one without a meter.
struct Shop {
    a_id: String,
    b_id: String,
    silent_id: String,
}

async fn shop(hub: &Hub, admin: &Person<'_>) -> Result<Shop> {
    let (a, a_id) = joined(hub, admin, "series-a", "series-east").await?;
    let (b, b_id) = joined(hub, admin, "series-b", "series-east").await?;
    let (c, _) = joined(hub, admin, "series-c", "series-west").await?;
    let (_, silent_id) = joined(hub, admin, "series-silent", "series-east").await?;
    // The clock may strike while the test runs: a day ago is two hours that say the same.
    for ago in [24, 23] {
        let then = Counted::in_hour(hour(ago)).closed().scope("http", "shop", "web", 900.0);
        ensure!(a.is_kept(hub, &then).await?);
    }
    let now = Counted::in_hour(hour(0))
        .scope("http", "shop", "web", 1000.0)
        .scope("http", "pay", "web", 200.0)
        .scope("up", "shop", "web", 50.0)
        .scope("other", "other", "other", 7.0)
        .label("http", "pod", 1200, 100, &[])
        .label("http", "code", 1200, 600, &[("200", 900), ("500", 300)]);
    ensure!(a.is_kept(hub, &now).await?);
    let now = Counted::in_hour(hour(0))
        .scope("http", "pay", "gateway", 300.0)
        .label("http", "pod", 300, 20, &[])
        .label("http", "code", 300, 150, &[("200", 300)]);
    ensure!(b.is_kept(hub, &now).await?);
    ensure!(c.is_kept(hub, &Counted::in_hour(hour(0)).scope("up", "shop", "web", 5.0)).await?);
    Ok(Shop { a_id, b_id, silent_id })
}

#[tokio::test]
async fn series_are_put_together_by_what_they_have_in_common() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let shop = shop(hub, &admin).await?;
    let get = async |query: &str| admin.get(&format!("/api/v1/series?region=series-east&{query}")).await?.good();

    let list = get("by=cluster").await?;
    assert_eq!(items(&list["items"]), [("series-a", 1257), ("series-b", 300)]);
    assert_eq!((&list["items"][0]["id"], &list["items"][1]["id"]), (&json!(shop.a_id), &json!(shop.b_id)));
    assert_eq!(list["total"]["series"], json!({"value": 1557, "exact": true, "standard_error": 0.0}));
    assert_eq!((&list["clusters"]["counted"], &list["clusters"]["of"]), (&json!(2), &json!(3)));
    let missing = &list["clusters"]["missing"];
    assert_eq!(missing, &json!([{"id": shop.silent_id, "name": "series-silent", "heard_at": null}]));
    // Of series-b nothing is known a day ago; it joined since, so it had none. The silent one is in no number.
    let day_ago = [&list["items"][0]["day_ago"], &list["items"][1]["day_ago"], &list["total"]["day_ago"]];
    assert_eq!(day_ago, [&json!(900), &json!(0), &json!(900)]);
    // 25 new ones in half an hour are 50 in one.
    assert_eq!(list["items"][0]["new_per_hour"], json!(50.0), "{list}");
    assert_eq!((list["total"]["cost"].clone(), list["other"].clone()), (Value::Null, Value::Null));

    let list = get("by=metric&then=team").await?;
    assert_eq!(items(&list["items"]), [("http", 1500), ("up", 50)]);
    assert_eq!(items(&list["items"][0]["children"]), [("shop", 1000), ("pay", 500)]);
    assert_eq!(list["items"][0]["label"], json!({"name": "pod", "saves": 1380}));
    assert_eq!((&list["items"][1]["label"], &list["other"]["series"]["value"]), (&Value::Null, &json!(7)));
    let list = get("by=metric&limit=1").await?;
    assert_eq!((items(&list["items"]), &list["other"]["series"]["value"]), (vec![("http", 1500)], &json!(57)));

    let list = get("by=job&team=pay").await?;
    assert_eq!(items(&list["items"]), [("gateway", 300), ("web", 200)]);
    let list = get(&format!("by=team&metric=http&cluster={}", shop.a_id)).await?;
    assert_eq!(items(&list["items"]), [("shop", 1000), ("pay", 200)]);
    let list = admin.get("/api/v1/series?by=region&then=cluster&team=shop&provider=aws&limit=500").await?.good()?;
    let rows = items(&list["items"]);
    ensure!(rows.contains(&("series-east", 1050)) && rows.contains(&("series-west", 5)), "{list}");

    let metric = admin.get("/api/v1/series/metrics/http?region=series-east").await?.good()?;
    assert_eq!((&metric["name"], &metric["row"]["series"]["value"]), (&json!("http"), &json!(1500)));
    assert_eq!(items(&metric["teams"]), [("shop", 1000), ("pay", 500)]);
    assert_eq!(items(&metric["jobs"]), [("web", 1200), ("gateway", 300)]);
    assert_eq!(items(&metric["clusters"]), [("series-a", 1200), ("series-b", 300)]);
    assert_eq!(
        metric["labels"],
        json!([
            {"name": "pod", "series": 1500, "values": 1200, "series_without": 120, "saves": 1380, "few": null},
            {"name": "code", "series": 1500, "values": 2, "series_without": 750, "saves": 750,
                "few": [{"value": "200", "series": 1200}, {"value": "500", "series": 300}]},
        ])
    );
    for (path, status) in [
        ("/api/v1/series?by=colour", 400),
        ("/api/v1/series?by=team&then=team", 400),
        ("/api/v1/series?limit=501", 400),
        ("/api/v1/series/metrics/nothing?region=series-east", 404),
        ("/api/v1/series/trend?hours=23", 400),
        ("/api/v1/series/trend?team=shop&metric=http", 400),
        ("/api/v1/series/distinct?job=web", 400),
        ("/api/v1/series/distinct?until=-009999-01-02T00:00:00Z&from=-009999-01-02T00:00:00Z", 400),
        ("/api/v1/series/distinct?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", 400),
    ] {
        assert_eq!(admin.get(path).await?.refusal()?.0, status, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_repeated_overtaken_or_late_changes_nothing() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (cluster, id) = joined(hub, &admin, "series-revised", "series-revised").await?;
    let total = async || -> Result<Value> {
        let list = admin.get(&format!("/api/v1/series?by=cluster&cluster={id}")).await?.good()?;
        Ok(list["total"]["series"]["value"].clone())
    };
    let look = |revision: u64, active: f64| Counted::in_hour(hour(0)).revision(revision).scope("up", "t", "j", active);
    ensure!(cluster.is_kept(hub, &look(2, 20.0)).await?);
    ensure!(!cluster.is_kept(hub, &look(2, 20.0)).await?, "a repeated one was kept again");
    ensure!(!cluster.is_kept(hub, &look(1, 10.0)).await?, "an overtaken one was kept");
    assert_eq!(total().await?, json!(20));
    // An hour before that comes late is kept, and is not the newest.
    ensure!(cluster.is_kept(hub, &Counted::in_hour(hour(3)).closed().scope("up", "t", "j", 99.0)).await?);
    assert_eq!(total().await?, json!(20));
    ensure!(cluster.is_kept(hub, &look(3, 30.0)).await?);
    assert_eq!(total().await?, json!(30));
    // A meter that knows nothing of the one before it counts from one again: its look is the later one.
    let mut restarted = look(1, 12.0).instance("meter-b").json();
    restarted["at"] = json!(written(hour(0) + 2400));
    let sent = cluster.counted_bytes(hub, serde_json::to_vec(&restarted)?, None).await?.good()?;
    assert_eq!((&sent["kept"], total().await?), (&json!(true), json!(12)));
    let trend = admin.get(&format!("/api/v1/series/trend?cluster={id}")).await?.good()?;
    let points = trend["points"].as_array().context("points")?;
    let known: Vec<_> = points.iter().filter(|point| !point["series"].is_null()).collect();
    let numbers: Vec<_> = known.iter().map(|point| (&point["series"], &point["most"])).collect();
    assert_eq!(numbers, [(&json!(99), &json!(99)), (&json!(12), &json!(30))], "{trend}");
    ensure!(points.len() >= 25 && points.iter().all(|point| point["clusters"] != 0 || point["series"].is_null()));
    // Hours that are kept no more are taken, and let go.
    ensure!(!cluster.is_kept(hub, &Counted::in_hour(hour(24 * 14 + 1)).closed().scope("up", "t", "j", 1.0)).await?);
    Ok(())
}

#[tokio::test]
async fn a_cluster_that_is_silent_is_named_and_never_zero() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (cluster, id) = joined(hub, &admin, "series-fades", "series-fades").await?;
    let list = async || admin.get("/api/v1/series?by=cluster&region=series-fades").await?.good();
    let none = list().await?;
    assert_eq!((&none["total"], &none["items"]), (&Value::Null, &json!([])));
    ensure!(cluster.is_kept(hub, &Counted::in_hour(hour(0)).scope("up", "t", "j", 3.0)).await?);
    assert_eq!(list().await?["total"]["series"]["value"], 3);
    // As if its report had come that long ago, by the hub's clock.
    let aged = |minutes: u32| {
        hub.sql(&format!(
            "UPDATE series_report SET received_at = now() - interval '{minutes} minutes' WHERE cluster_id = '{id}'"
        ))
    };
    aged(14)?;
    assert_eq!(list().await?["total"]["series"]["value"], 3);
    aged(16)?;
    let gone = list().await?;
    assert_eq!(
        (&gone["total"], &gone["clusters"]["counted"], &gone["clusters"]["of"]),
        (&Value::Null, &json!(0), &json!(1))
    );
    assert_eq!(gone["clusters"]["missing"][0]["name"], "series-fades");
    ensure!(!gone["clusters"]["missing"][0]["heard_at"].is_null(), "{gone}");
    // A closed hour that has waited on its way says nothing of now.
    ensure!(cluster.is_kept(hub, &Counted::in_hour(hour(2)).closed().scope("up", "t", "j", 8.0)).await?);
    hub.sql(&format!("DELETE FROM series_report WHERE cluster_id = '{id}' AND NOT closed"))?;
    assert_eq!(list().await?["total"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn who_sees_some_clusters_sees_the_series_of_those() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (ours, ours_id) = joined(hub, &admin, "series-ours", "series-ours").await?;
    let (theirs, theirs_id) = joined(hub, &admin, "series-theirs", "series-theirs").await?;
    for (cluster, metric) in [(&ours, "series_ours_total"), (&theirs, "series_theirs_total")] {
        for counted in [Counted::in_hour(hour(1)).closed().revision(2), Counted::in_hour(hour(0))] {
            let counted = counted.scope(metric, "t", "j", 11.0).sketch("cluster", "", 0..11);
            ensure!(cluster.is_kept(hub, &counted).await?);
        }
    }
    let account = json!({"email": "series@example.org", "name": "S", "password": PASSWORD, "role": "none"});
    let account = admin.post("/api/v1/accounts", &account).await?.good()?;
    let grant = json!({"role": "viewer", "scope": {"region": "series-ours"}, "reason": "theirs"});
    let grants = format!("/api/v1/accounts/{}/grants", account["id"].as_str().context("an id")?);
    admin.post(&grants, &grant).await?.good()?;
    let person = Person::sign_in(hub, "series@example.org").await?;
    for (path, pointer, sees) in [
        ("/api/v1/series?by=metric".to_owned(), "/total/series/value", json!(11)),
        ("/api/v1/series?by=region&then=cluster".to_owned(), "/total/series/value", json!(11)),
        (format!("/api/v1/series?by=cluster&cluster={theirs_id}"), "/total", Value::Null),
        (format!("/api/v1/series/trend?cluster={theirs_id}"), "/clusters_of", json!(0)),
        ("/api/v1/series/trend".to_owned(), "/clusters_of", json!(1)),
        (format!("/api/v1/series/distinct?cluster={theirs_id}"), "/series", Value::Null),
        (format!("/api/v1/series/distinct?cluster={ours_id}"), "/series/value", json!(11)),
    ] {
        let answer = person.get(&path).await?.good()?;
        ensure!(!answer.to_string().contains("theirs"), "{path} tells of another one: {answer}");
        ensure!(answer.pointer(pointer) == Some(&sees), "{path}: {answer}");
    }
    let list = person.get("/api/v1/series?by=cluster").await?.good()?;
    assert_eq!((items(&list["items"]), &list["clusters"]["of"]), (vec![("series-ours", 11)], &json!(1)));
    assert_eq!(person.get("/api/v1/series/metrics/series_ours_total").await?.status, 200);
    assert_eq!(person.get("/api/v1/series/metrics/series_theirs_total").await?.refusal()?.0, 404);
    Ok(())
}

#[tokio::test]
async fn series_cost_what_the_store_that_they_are_in_asks() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (cluster, _) = joined(hub, &admin, "series-priced", "series-priced").await?;
    ensure!(cluster.is_kept(hub, &Counted::in_hour(hour(0)).scope("up", "t", "j", 6000.0)).await?);
    let store = |price: Value| {
        json!({"name": "series-priced", "kind": "prometheus", "url": "https://127.0.0.1:1", "region": "series-priced",
            "authentication": "none", "price": price})
    };
    let price = json!({"currency": "EUR", "unit": "series_thousand_month", "amount": 0.5});
    let mut wrong = price.clone();
    wrong["currency"] = json!("euro");
    assert_eq!(admin.post("/api/v1/stores", &store(wrong)).await?.refusal()?, (400, "invalid".into()));
    let made = admin.post("/api/v1/stores", &store(price.clone())).await?.good()?;
    assert_eq!(made["price"], price);
    let cost = async || -> Result<Value> {
        let list = admin.get("/api/v1/series?by=team&region=series-priced").await?.good()?;
        ensure!(list["items"][0]["cost"] == list["total"]["cost"], "{list}");
        Ok(list["total"]["cost"].clone())
    };
    assert_eq!(cost().await?, json!({"amount": 3.0, "currency": "EUR", "is_whole": true}));
    let path = format!("/api/v1/stores/{}", made["id"].as_str().context("an id")?);
    let put = async |etag: &Value, body: &Value| -> Result<Value> {
        let request = admin.request(reqwest::Method::PUT, &path).header("if-match", etag.as_str().context("an etag")?);
        flagstaff_tests::hub::Answer::of(request.json(body)).await?.good()
    };
    // 100 samples a second, for a month.
    let by_samples =
        put(&made["etag"], &store(json!({"currency": "USD", "unit": "samples_million", "amount": 0.1}))).await?;
    assert_eq!(cost().await?, json!({"amount": 26.28, "currency": "USD", "is_whole": true}));
    let mut unsaid = store(Value::Null);
    unsaid.as_object_mut().context("an object")?.remove("price");
    let kept = put(&by_samples["etag"], &unsaid).await?;
    assert_eq!(kept["price"]["currency"], "USD", "a change that does not say the price keeps it");
    assert_eq!(put(&kept["etag"], &store(Value::Null)).await?["price"], Value::Null);
    assert_eq!(cost().await?, Value::Null);
    admin.delete(&path).await?.good()?;
    Ok(())
}
