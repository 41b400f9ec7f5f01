//! The hub serves the console's files: a page for every address of the console, files for ever, and nothing from elsewhere.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::Answer;
use reqwest::Method;

#[tokio::test]
async fn addresses_of_the_console_get_its_page_and_files_are_kept() -> Result<()> {
    let web = tempfile::tempdir()?;
    std::fs::create_dir(web.path().join("assets"))?;
    std::fs::write(web.path().join("index.html"), "<!doctype html><title>Flagstaff</title>")?;
    std::fs::write(web.path().join("assets/app-1a2b.js"), "export {}")?;
    std::fs::write(web.path().join("assets/app-1a2b.js.br"), [0x0b, 0x02, 0x80, 0x78, 0x03])?;
    std::fs::write(web.path().join(".secret"), "hunter2")?;
    let hub = Hub::start(&[&format!("--web-dir={}", web.path().display())], &[]).await?;
    let header = |answer: &Answer, name: &str| {
        answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    for path in ["/", "/clusters/c-1", "/setup", "/clusters/a.b/events"] {
        let page = hub.get(path).await?;
        ensure!(page.status == 200 && page.text.contains("Flagstaff"), "{path}: {page:?}");
        assert_eq!(
            (header(&page, "content-type").as_str(), header(&page, "cache-control").as_str()),
            ("text/html; charset=utf-8", "no-cache")
        );
        ensure!(header(&page, "content-security-policy").contains("script-src 'self';"), "{page:?}");
        let again = Answer::of(hub.request(Method::GET, path).header("if-none-match", header(&page, "etag"))).await?;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
    }
    let file = hub.get("/assets/app-1a2b.js").await?;
    assert_eq!((file.status, file.text.as_str()), (200, "export {}"));
    assert_eq!(header(&file, "cache-control"), "public, max-age=31536000, immutable");
    let packed =
        hub.request(Method::GET, "/assets/app-1a2b.js").header("accept-encoding", "gzip, br;q=1").send().await?;
    assert_eq!(packed.headers().get("content-encoding").context("no encoding")?, "br");
    assert_eq!(packed.headers()["content-type"], "text/javascript; charset=utf-8");
    // A file that is not there is no page; what is hidden or elsewhere is not there.
    for path in ["/assets/other.js", "/.secret", "/assets/%2e%2e/.secret", "/..%2f..%2fetc/passwd"] {
        let answer = hub.get(path).await?;
        ensure!(!answer.text.contains("hunter2") && !answer.text.contains("root:"), "{path}: {answer:?}");
        ensure!(answer.status == 404 || answer.text.contains("Flagstaff"), "{path}: {answer:?}");
    }
    assert_eq!(Answer::of(hub.request(Method::POST, "/")).await?.status, 405);
    Ok(())
}

#[tokio::test]
async fn without_a_console_the_hub_says_so() -> Result<()> {
    let hub = Hub::start(&["--web-dir=/nonexistent"], &[]).await?;
    let answer = hub.get("/").await?;
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    ensure!(
        answer.text.contains("/nonexistent has no index.html") && answer.text.contains("--web-dir"),
        "{}",
        answer.text
    );
    Ok(())
}
